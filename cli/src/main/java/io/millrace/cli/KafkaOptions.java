package io.millrace.cli;

import io.millrace.protocol.TopicNames;
import picocli.CommandLine.Option;

/** Which Kafka cluster, and under which names. */
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

  public String bootstrapServers() {
    return bootstrapServers;
  }

  public TopicNames topics() {
    return new TopicNames(topicPrefix);
  }

  /** The same names on another cluster. */
  public KafkaOptions at(String otherBootstrapServers) {
    KafkaOptions other = new KafkaOptions();
    other.bootstrapServers = otherBootstrapServers;
    other.topicPrefix = topicPrefix;
    return other;
  }
}
