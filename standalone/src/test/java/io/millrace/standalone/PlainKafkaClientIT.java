package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program that knows {@code asyncapi.yaml} and Kafka's clients, and nothing of ours: topics are
 * spelt out, records are text.
 */
class PlainKafkaClientIT extends WorkerQueue {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private String slug() {
    return model.replace("/", "--");
  }

  private void ask(String header, String request) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      var record =
          new ProducerRecord<String, String>(
              "millrace.requests." + slug() + ".interactive", request);
      if (!header.isEmpty()) {
        record.headers().add("traceparent", header.getBytes(StandardCharsets.UTF_8));
      }
      producer.send(record).get();
    }
  }

  /** All records of a topic's first partition up to the end of an answer. */
  private List<ConsumerRecord<String, String>> answer(String topic) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (records.stream().noneMatch(PlainKafkaClientIT::isLast)) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("the test has run out of time");
        }
      }
    }
    return records;
  }

  private static boolean isLast(ConsumerRecord<String, String> record) {
    String type = JSON.readTree(record.value()).get("type").stringValue();
    return type.equals("finished") || type.equals("failed");
  }

  @Test
  void program_thatSaysNoMoreThanItsPrompt_isAnsweredOnTheDefaultTopic() throws Exception {
    ask("", "{\"prompt\":\"echo hello there\"}");
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      var records = answer("millrace.replies." + slug() + ".interactive");

      assertThat(records).hasSize(2);
      JsonNode finished = JSON.readTree(records.get(1).value());
      assertThat(finished.get("text").stringValue()).isEqualTo("hello there");
      assertThat(records.get(1).key()).isEqualTo(finished.get("id").stringValue());
      assertThat(worker.engine.starts()).hasSize(1);
    }
  }

  @Test
  void whatTheAskerAddsForItself_comesBackWithEveryReply() throws Exception {
    ask(
        TRACE,
        """
        {"id":"a","prompt":"echo one two","stream":true,"metadata":{"row":[7]},
         "reply":{"key":"customer-7"}}""");
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      var records = answer("millrace.replies." + slug() + ".interactive");

      assertThat(records).hasSize(4);
      for (ConsumerRecord<String, String> record : records) {
        JsonNode reply = JSON.readTree(record.value());
        assertThat(record.key()).isEqualTo("customer-7");
        assertThat(reply.get("id").stringValue()).isEqualTo("a");
        assertThat(reply.get("metadata").toString()).isEqualTo("{\"row\":[7]}");
        assertThat(reply.get("traceparent").stringValue()).isEqualTo(TRACE);
        assertThat(new String(record.headers().lastHeader("traceparent").value())).isEqualTo(TRACE);
      }
      assertThat(worker.engine.starts()).containsExactly("a");
    }
  }

  @Test
  void wrongRequest_isToldWithWhatComesBack() throws Exception {
    ask("", "{\"prompt\":\"echo\",\"temperature\":9,\"metadata\":\"mine\",\"reply\":{}}");
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      var records = answer("millrace.replies." + slug() + ".interactive");

      JsonNode failed = JSON.readTree(records.get(0).value());
      assertThat(failed.at("/error/param").stringValue()).isEqualTo("temperature");
      assertThat(failed.get("metadata").stringValue()).isEqualTo("mine");
      assertThat(worker.engine.starts()).isEmpty();
    }
  }
}
