package io.millrace.standalone;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A program that asks by Kafka's clients alone, and reads the default topic of answers from its
 * start on.
 */
final class SecuredProgram implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<String, String> producer;
  private final KafkaConsumer<String, String> consumer;

  SecuredProgram(Properties settings, String model) {
    topic = model.replace("/", "--") + ".interactive";
    TopicPartition answers = new TopicPartition("millrace.replies." + topic, 0);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    consumer.assign(List.of(answers));
    consumer.seekToEnd(List.of(answers));
  }

  void ask(String request) throws Exception {
    producer.send(new ProducerRecord<>("millrace.requests." + topic, request)).get();
    // Else the end is looked for with the first poll, when an answer may be there already.
    consumer.assignment().forEach(consumer::position);
  }

  void cancel(String id) throws Exception {
    String cancel = "{\"type\":\"cancel\",\"id\":\"%s\"}".formatted(id);
    producer.send(new ProducerRecord<>("millrace.control", cancel)).get();
  }

  /** The next last word of an answer. */
  String answer() {
    while (!Thread.currentThread().isInterrupted()) {
      var last =
          StreamSupport.stream(consumer.poll(Duration.ofMillis(100)).spliterator(), false)
              .map(record -> record.value())
              .filter(reply -> reply.matches("(?s).*\"type\":\"(finished|failed)\".*"))
              .reduce((first, second) -> second);
      if (last.isPresent()) {
        return last.get();
      }
    }
    throw new IllegalStateException("the test has run out of time");
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    consumer.close();
  }
}
