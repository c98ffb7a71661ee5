package io.millrace.kafka;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The setup of a cluster for one model: creates the topics that are missing, and prepares the
 * groups of its workers. Topics that are there already are left alone, but that requests and
 * cancels get the time at which they come, and requests as many partitions as the groups need; so
 * every process may call it at its start, several at once.
 */
public final class TopicProvisioner {
  /** How long a request may wait in its topic, and so the longest deadline that can be met. */
  public static final Duration REQUEST_RETENTION = TopicSpec.REQUEST_RETENTION;

  /** How long replies are kept. */
  public static final Duration REPLY_RETENTION = TopicSpec.REPLY_RETENTION;

  /** How long results are kept unless a setting says otherwise. */
  public static final Duration RESULTS_RETENTION = TopicSpec.RESULTS_RETENTION;

  private static final Logger log = LoggerFactory.getLogger(TopicProvisioner.class);
  private static final int MOST_REPLICAS = 3;

  /** Of topics that older versions have made. */
  private static final String TIMESTAMPS = TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;

  private static final String LOG_APPEND_TIME = TimestampType.LOG_APPEND_TIME.toString();

  private final KafkaCluster cluster;
  private final TopicNames names;
  private final Function<Admin, WorkerGroups> groups;
  private final @Nullable Duration resultsRetention;

  /**
   * One for share groups that keeps results for as long as is usual, or as they are kept already.
   */
  public TopicProvisioner(KafkaCluster cluster, TopicNames names) {
    this(cluster, names, admin -> new ShareGroups(names), null);
  }

  /**
   * @param groups of the workers, as they are found out by asking
   * @param resultsRetention how long jobs and their answers are kept; null for as long as is usual,
   *     where the topics are not there yet
   */
  public TopicProvisioner(
      KafkaCluster cluster,
      TopicNames names,
      Function<Admin, WorkerGroups> groups,
      @Nullable Duration resultsRetention) {
    this.cluster = cluster;
    this.names = names;
    this.groups = groups;
    this.resultsRetention = resultsRetention;
  }

  /**
   * Creates and sets up what is missing.
   *
   * @param model the served name
   * @return over how many topics the requests of each class are spread
   * @throws io.millrace.cli.StartFailure if the groups that are set do not go with the cluster
   * @throws ClusterNotReady if no broker answers, or topics are missing and may not be created
   */
  public int provision(String model) {
    try (Admin admin = cluster.connect()) {
      // First and alone: closing waits for what is still asked of a cluster that cannot be reached.
      WorkerGroups found = groups(admin);
      int brokers = brokers(admin);
      Set<String> present = present(admin);
      int requestTopics = requestTopics(found, present, model);
      Duration kept = resultsRetention == null ? RESULTS_RETENTION : resultsRetention;
      List<TopicSpec> missing =
          TopicSpec.all(names, model, requestTopics, found.requestPartitions(), kept).stream()
              .filter(topic -> !present.contains(topic.name()))
              .toList();
      create(admin, missing, Math.min(MOST_REPLICAS, brokers));
      if (resultsRetention != null) {
        keepResults(admin, resultsRetention);
      }
      setConfig(admin, names.control(), TIMESTAMPS, LOG_APPEND_TIME);
      for (RequestClass requestClass : RequestClass.values()) {
        for (RequestTopic topic : RequestTopic.of(model, requestClass, requestTopics)) {
          setConfig(admin, names.requests(topic), TIMESTAMPS, LOG_APPEND_TIME);
          enlarge(admin, names.requests(topic), found.requestPartitions());
          found.prepare(admin, topic);
        }
      }
      return requestTopics;
    }
  }

  /** Never fewer than there are: whoever has enlarged them, writes into all. */
  private int requestTopics(WorkerGroups found, Set<String> present, String model) {
    String slug = TopicNames.slug(model);
    int most =
        present.stream()
            .flatMap(topic -> names.parse(topic).stream())
            .filter(topic -> topic.slug().equals(slug))
            .mapToInt(RequestTopic::number)
            .max()
            .orElse(1);
    return Math.max(found.requestTopics(), Math.min(found.mostRequestTopics(), most));
  }

  /** Adds the partitions that a topic lacks. */
  private static void enlarge(Admin admin, String topic, int partitions) {
    try {
      if (partitions > 1 && Admins.partitions(admin, topic) < partitions) {
        var change = Map.of(topic, NewPartitions.increaseTo(partitions));
        get(admin.createPartitions(change).all());
        log.info("enlarged topic {} to {} partitions", topic, partitions);
      }
    } catch (InvalidPartitionsException e) {
      log.debug("another process enlarged topic {}", topic);
    } catch (KafkaException e) {
      log.warn(
          "topic {} does not get {} partitions: {}",
          topic,
          partitions,
          KafkaCluster.rootMessage(e));
    }
  }

  private void keepResults(Admin admin, Duration retention) {
    String millis = Long.toString(retention.toMillis());
    for (String topic : List.of(names.results(), names.events())) {
      setConfig(admin, topic, TopicConfig.RETENTION_MS_CONFIG, millis);
    }
  }

  private WorkerGroups groups(Admin admin) {
    try {
      return groups.apply(admin);
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw ClusterNotReady.unreachable(cluster, e);
    }
  }

  private int brokers(Admin admin) {
    try {
      return get(admin.describeCluster().nodes()).size();
    } catch (KafkaException e) {
      throw ClusterNotReady.unreachable(cluster, e);
    }
  }

  private void create(Admin admin, List<TopicSpec> missing, int replicas) {
    CreateTopicsResult creation =
        admin.createTopics(missing.stream().map(topic -> topic.withReplicas(replicas)).toList());
    Map<TopicSpec, Throwable> refused = new LinkedHashMap<>();
    for (TopicSpec topic : missing) {
      try {
        get(Objects.requireNonNull(creation.values().get(topic.name())));
        log.info("created topic {} ({} partitions)", topic.name(), topic.partitions());
      } catch (TopicExistsException e) {
        log.debug("another process created topic {}", topic.name());
      } catch (KafkaException e) {
        refused.put(topic, e);
      }
    }
    if (!refused.isEmpty()) {
      requireSeen(admin, refused.keySet().iterator().next().name());
      throw missing(refused);
    }
  }

  private Set<String> present(Admin admin) {
    try {
      return get(admin.listTopics().names());
    } catch (KafkaException e) {
      throw new ClusterNotReady(
          "the Kafka cluster at %s does not list its topics: %s"
              .formatted(cluster.bootstrapServers(), KafkaCluster.rootMessage(e)),
          e);
    }
  }

  /** A topic may be there that this user must not know of: then creating it is no advice. */
  private void requireSeen(Admin admin, String topic) {
    try {
      Admins.partitions(admin, topic);
    } catch (UnknownTopicOrPartitionException e) {
      log.debug("topic {} is missing", topic);
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "see topic " + topic, e);
    }
  }

  private ClusterNotReady missing(Map<TopicSpec, Throwable> refused) {
    Throwable first = refused.values().iterator().next();
    String commands =
        refused.keySet().stream()
            .map(
                topic ->
                    System.lineSeparator() + "  " + topic.asCommand(cluster.bootstrapServers()))
            .collect(Collectors.joining());
    return new ClusterNotReady(
        "%d topics are missing at %s and cannot be created (%s). Whoever may, creates them with:%s"
            .formatted(
                refused.size(),
                cluster.bootstrapServers(),
                KafkaCluster.rootMessage(first),
                commands),
        first);
  }

  private static void setConfig(Admin admin, String topic, String key, String value) {
    new ConfigChange(ConfigResource.Type.TOPIC, topic, Map.of(key, value)).apply(admin);
  }

  private static <T> T get(KafkaFuture<T> answer) {
    try {
      return Admins.get(answer);
    } catch (InterruptException e) {
      throw interrupted(e);
    }
  }

  static ClusterNotReady interrupted(Exception e) {
    return new ClusterNotReady("interrupted while setting up the Kafka cluster", e);
  }
}
