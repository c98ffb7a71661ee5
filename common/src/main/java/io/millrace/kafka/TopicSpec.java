package io.millrace.kafka;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;

/** A topic as Millrace needs it. */
record TopicSpec(String name, int partitions, Map<String, String> configs) {
  /**
   * Partitions of the reply topic: as many api instances can read replies without seeing each
   * other's.
   */
  static final int REPLY_PARTITIONS = 32;

  /** Partitions of what is known of jobs, and of their answers. */
  static final int RESULT_PARTITIONS = 8;

  /** How long results are kept unless a setting says otherwise. */
  static final Duration RESULTS_RETENTION = Duration.ofDays(7);

  /** How long a request may wait in its topic, and so the longest deadline that can be met. */
  static final Duration REQUEST_RETENTION = Duration.ofDays(1);

  /** How long an answer can be read again. */
  static final Duration REPLY_RETENTION = Duration.ofHours(1);

  /** A program that names no topic may be one that looks in now and then. */
  static final Duration DEFAULT_REPLY_RETENTION = Duration.ofDays(1);

  /**
   * All topics of an installation that serves {@code model}.
   *
   * @param requestTopics of the model for each class
   * @param requestPartitions of each of these
   * @param resultsRetention how long jobs and their answers are kept
   */
  static List<TopicSpec> all(
      TopicNames names,
      String model,
      int requestTopics,
      int requestPartitions,
      Duration resultsRetention) {
    List<TopicSpec> topics = new ArrayList<>();
    for (RequestClass requestClass : RequestClass.values()) {
      for (RequestTopic requests : RequestTopic.of(model, requestClass, requestTopics)) {
        topics.add(new TopicSpec(names.requests(requests), requestPartitions, requestConfigs()));
      }
      String replies = names.replies(RequestTopic.of(model, requestClass));
      topics.add(new TopicSpec(replies, 1, keptFor(DEFAULT_REPLY_RETENTION)));
    }
    topics.add(new TopicSpec(names.replies(), REPLY_PARTITIONS, keptFor(REPLY_RETENTION)));
    // A cancel is there for as long as its request may be, and later than it by the same clock.
    topics.add(new TopicSpec(names.control(), 1, requestConfigs()));
    topics.add(
        new TopicSpec(
            names.workers(),
            1,
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
    topics.add(new TopicSpec(names.events(), RESULT_PARTITIONS, keptFor(resultsRetention)));
    Map<String, String> results = new HashMap<>(keptFor(resultsRetention));
    results.put(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE);
    topics.add(new TopicSpec(names.results(), RESULT_PARTITIONS, Map.copyOf(results)));
    topics.add(new TopicSpec(names.deadLetters(), 1, keptFor(Duration.ofDays(7))));
    return topics;
  }

  /** Kept from the moment at which they came, whatever time their writer says it was. */
  static Map<String, String> requestConfigs() {
    Map<String, String> configs = new HashMap<>(keptFor(REQUEST_RETENTION));
    configs.put(
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, TimestampType.LOG_APPEND_TIME.toString());
    return Map.copyOf(configs);
  }

  private static Map<String, String> keptFor(Duration retention) {
    return Map.of(
        TopicConfig.RETENTION_MS_CONFIG,
        Long.toString(retention.toMillis()),
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        Integer.toString(KafkaCluster.MAX_RECORD_BYTES));
  }

  NewTopic withReplicas(int replicas) {
    return new NewTopic(name, partitions, (short) replicas).configs(configs);
  }

  /** The arguments with which Kafka's own tool creates it. */
  String asCommand(String bootstrapServers) {
    return "kafka-topics.sh --bootstrap-server %s --create --topic %s --partitions %d %s"
        .formatted(
            bootstrapServers,
            name,
            partitions,
            new TreeMap<>(configs)
                .entrySet().stream()
                    .map(config -> "--config " + config.getKey() + "=" + config.getValue())
                    .collect(Collectors.joining(" ")));
  }
}
