package io.millrace.kafka;

import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import io.millrace.protocol.TopicNames;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of Kafka: which cluster, and under which names. */
public final class KafkaOptions {
  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9092",
      description = "Kafka brokers, separated by commas (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers = "127.0.0.1:9092";

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      defaultValue = TopicNames.DEFAULT_PREFIX,
      description = "What the names of all topics begin with (default: ${DEFAULT-VALUE}).")
  private String topicPrefix = TopicNames.DEFAULT_PREFIX;

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description =
          "Further settings of all Kafka clients, such as TLS and SASL: a .properties file.")
  private @Nullable Path kafkaProperties;

  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * The cluster with the settings of {@code --kafka-properties}.
   *
   * @throws StartFailure if that file cannot be read
   */
  public KafkaCluster cluster() {
    Flags.require(
        !bootstrapServers.isBlank(),
        "--bootstrap-servers",
        "HOST:PORT",
        '"' + bootstrapServers + '"');
    Properties properties = new Properties();
    if (kafkaProperties != null) {
      try (Reader reader = Files.newBufferedReader(kafkaProperties)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new StartFailure(
            "--kafka-properties: cannot read %s as a properties file (%s)"
                .formatted(kafkaProperties, e),
            e);
      }
    }
    Map<String, String> settings = new HashMap<>();
    properties.stringPropertyNames().forEach(n -> settings.put(n, properties.getProperty(n)));
    KafkaCluster cluster = new KafkaCluster(bootstrapServers, settings);
    cluster.requireUsable();
    return cluster;
  }

  public TopicNames topics() {
    try {
      return new TopicNames(topicPrefix);
    } catch (IllegalArgumentException illegal) {
      throw Flags.refusal(
          "--topic-prefix",
          "at most %d of A-Z a-z 0-9 . _ -".formatted(TopicNames.LONGEST_PREFIX),
          '"' + topicPrefix + '"',
          illegal);
    }
  }

  /** The same names on another cluster. */
  public KafkaOptions at(String otherBootstrapServers) {
    KafkaOptions other = new KafkaOptions();
    other.bootstrapServers = otherBootstrapServers;
    other.topicPrefix = topicPrefix;
    other.kafkaProperties = kafkaProperties;
    return other;
  }
}
