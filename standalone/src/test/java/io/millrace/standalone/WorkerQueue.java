package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TopicNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A queue on a real broker for tests of workers; each test has a model, and so request topics, of
 * its own. A class may have a broker {@link WithoutShareGroups}.
 */
abstract class WorkerQueue {
  @TempDir static Path folder;
  static KafkaOptions kafka;
  static EmbeddedBroker broker;

  String model;
  QueueClient client;

  @BeforeAll
  static void startBroker(TestInfo test) throws IOException {
    boolean classic =
        test.getTestClass().orElseThrow().isAnnotationPresent(WithoutShareGroups.class);
    broker =
        EmbeddedBroker.start(folder, 0, classic ? Map.of("share.version", (short) 0) : Map.of());
    kafka = kafka(classic ? classicFlags() : List.of());
  }

  static KafkaOptions kafka(List<String> flags) {
    KafkaOptions options = new KafkaOptions();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(flags.toArray(String[]::new));
    return options.at(broker.bootstrapServers());
  }

  /** Of a worker that is killed others get the partitions soon. */
  static List<String> classicFlags() throws IOException {
    Path hasty = folder.resolve("hasty.properties");
    Files.writeString(hasty, "session.timeout.ms=1500\nheartbeat.interval.ms=300\n");
    return List.of("--kafka-properties=" + hasty, "--request-partitions=4");
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void provision(TestInfo test) {
    model = "org/" + test.getTestMethod().orElseThrow().getName();
    kafka.provisioner().provision(model);
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
