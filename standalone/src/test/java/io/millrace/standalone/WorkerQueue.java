package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TopicNames;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A queue on a real broker for tests of workers; each test has a model, and so request topics, of
 * its own.
 */
abstract class WorkerQueue {
  @TempDir static Path folder;
  static KafkaOptions kafka;
  static EmbeddedBroker broker;

  String model;
  QueueClient client;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder, 0);
    kafka = new KafkaOptions().at(broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void provision(TestInfo test) {
    model = "org/" + test.getTestMethod().orElseThrow().getName();
    new TopicProvisioner(kafka.cluster(), topics()).provision(model);
    client = new QueueClient(kafka.cluster(), topics(), model);
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  static TopicNames topics() {
    return kafka.topics();
  }

  static void assertFailed(Reply last, FailureKind kind, String message) {
    assertThat(last)
        .asInstanceOf(type(Reply.Failed.class))
        .returns(kind, Reply.Failed::kind)
        .matches(failed -> failed.message().contains(message), message);
  }
}
