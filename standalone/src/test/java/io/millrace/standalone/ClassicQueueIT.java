package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.CommandLines;
import io.millrace.cli.ServedModel;
import io.millrace.cli.StartFailure;
import io.millrace.kafka.Admins;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.Reply;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import io.millrace.protocol.Wire;
import io.millrace.standalone.queue.QueueCommand;
import io.millrace.testing.EventReader;
import io.millrace.testing.EventReader.Event;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A queue on a broker without share groups, as clients and operators see it. */
@WithoutShareGroups
class ClassicQueueIT extends WorkerQueue {
  @Test
  void answersAndStreams_comeOverHttp() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=4");
        ConfigurableApplicationContext api = api()) {
      URI endpoint = URI.create("http://127.0.0.1:" + ApiService.port(api) + "/v1/completions");
      for (int i = 0; i < 8; i++) {
        String last = "\" " + i + "\"";
        String prompt = "\"prompt\":\"echo number " + i + "\"";
        try (EventReader whole = EventReader.open(endpoint, "{" + prompt + "}", null);
            EventReader stream =
                EventReader.open(endpoint, "{" + prompt + ",\"stream\":true}", null)) {
          assertThat(whole.body()).contains("\"number " + i + "\"");
          assertThat(stream.rest())
              .extracting(Event::data)
              .anyMatch(data -> data.contains(last))
              .endsWith("[DONE]");
        }
      }
      assertThat(worker.engine.starts()).hasSize(16);
      assertThat(worker.service.health().notReadyCause()).isEmpty();
    }
  }

  private ConfigurableApplicationContext api() {
    ApiOptions options = new ApiOptions();
    new CommandLine(options).parseArgs("--port=0");
    ServedModel served = new ServedModel();
    new CommandLine(served).parseArgs("--model-name=" + model);
    return ApiService.start(
        options,
        kafka,
        served,
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        new LocalReplies());
  }

  @Test
  void status_tellsWhatWaitsAndWhatRuns() throws Exception {
    for (int i = 0; i < 6; i++) {
      client.ask("r" + i, "hold it");
    }
    try (WorkerFixture worker =
        new WorkerFixture(kafka, model, "--max-batch-size=2", "--reserved-slots=0")) {
      worker.engine.awaitHeld(2);
      JsonNode told = told();
      while (told.at("/classes/0/running").asInt() < 2) {
        requireTime();
        told = told();
      }
      assertThat(told.at("/classes/0/lag").asInt()).isEqualTo(6);
      assertThat(told.at("/classes/0/waiting").asInt()).isEqualTo(4);
      assertThat(told.at("/classes/0/oldest_waiting_seconds").isNumber()).isTrue();

      // The rest goes on, and what has ended behind others counts no more.
      String second = worker.engine.held().get(1);
      worker.engine.finish(second);
      client.last(second);
      awaitBacklog(5);
    }
  }

  private JsonNode told() {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(new QueueCommand()).setOut(new PrintWriter(said, true));
    String servers = "--bootstrap-servers=" + broker.bootstrapServers();
    CommandLines.execute(line, "status", servers, "--json", "--model=" + model);
    return JsonMapper.shared().readTree(said.toString()).at("/models/0");
  }

  @Test
  void whatIsWrittenInTransactions_isAnsweredIfCommitted_andLeavesNoBacklog() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model);
        KafkaProducer<String, byte[]> producer = transactional()) {
      write(producer, "committed").commitTransaction();
      write(producer, "aborted").abortTransaction();
      write(producer, "last").commitTransaction();

      assertThat(client.last("committed")).isInstanceOf(Reply.Finished.class);
      assertThat(client.last("last")).isInstanceOf(Reply.Finished.class);
      assertThat(worker.engine.starts()).containsExactlyInAnyOrder("committed", "last");
      awaitBacklog(0);
    }
  }

  private KafkaProducer<String, byte[]> transactional() {
    Map<String, Object> settings = new HashMap<>(kafka.cluster().producer());
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "asker");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
    KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings);
    producer.initTransactions();
    return producer;
  }

  private KafkaProducer<String, byte[]> write(KafkaProducer<String, byte[]> producer, String id)
      throws Exception {
    producer.beginTransaction();
    String topic = topics().requests(model, RequestClass.INTERACTIVE);
    byte[] request = Wire.encode(client.request(id, "echo yes"));
    producer.send(new ProducerRecord<>(topic, id, request)).get();
    return producer;
  }

  private void awaitBacklog(long size) {
    RequestTopic topic = RequestTopic.of(model, RequestClass.INTERACTIVE);
    try (Admin admin = kafka.cluster().connect()) {
      while (kafka.groups().backlog(admin, topic, Duration.ofSeconds(10)) != size) {
        requireTime();
      }
    }
  }

  private static void requireTime() {
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("the test has run out of time");
    }
  }

  @Test
  void requestTopics_haveSeveralPartitions_andGrow() throws Exception {
    kafka(List.of("--request-partitions=6")).provisioner().provision(model);
    try (Admin admin = kafka.cluster().connect()) {
      for (RequestClass requestClass : RequestClass.values()) {
        assertThat(Admins.partitions(admin, topics().requests(model, requestClass))).isEqualTo(6);
      }
    }
  }

  @Test
  void shareGroups_areRefusedWhereThereAreNone() {
    assertThatThrownBy(() -> kafka(List.of("--intake=share")).groups())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--intake must be auto or classic on a cluster without share groups");
    assertThatThrownBy(() -> kafka(List.of("--request-partitions=0")).groups())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--request-partitions must be between 1 and 1000, but is 0");
    assertThatThrownBy(() -> kafka(List.of("--request-topics=2")).groups())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--request-topics must be 1 where workers take requests by consumer");
    assertThatThrownBy(() -> kafka(List.of("--request-topics=17")).groups())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--request-topics must be between 1 and 16, but is 17");
  }
}
