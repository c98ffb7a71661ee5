package io.millrace.kafka;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The setup of a cluster for one model: creates the topics that are missing, and sets up the share
 * groups of its workers. Topics that are there already are left alone, but that requests and
 * cancels get the time at which they come; so every process may call it at its start, several at
 * once.
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
  private static final int FIRST_OFFSET_ATTEMPTS = 30;
  private static final int FIRST_OFFSET_PAUSE_MILLIS = 100;

  /** Applied one by one: a broker that does not know one of them refuses only that one. */
  private static final Map<String, String> GROUP_CONFIGS =
      Map.of(
          "share.auto.offset.reset", "earliest",
          // What was written in a transaction that is undone was never asked.
          "share.isolation.level", "read_committed",
          "share.assignment.interval.ms", "0",
          "share.record.lock.duration.ms", "15000",
          "share.delivery.count.limit", "5");

  /** Of topics that older versions have made. */
  private static final String TIMESTAMPS = TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;

  private static final String LOG_APPEND_TIME = TimestampType.LOG_APPEND_TIME.toString();
  private static final Set<String> REFUSED = ConcurrentHashMap.newKeySet();

  private final KafkaCluster cluster;
  private final TopicNames names;
  private final @Nullable Duration resultsRetention;

  /** One that keeps results for as long as is usual, or as they are kept already. */
  public TopicProvisioner(KafkaCluster cluster, TopicNames names) {
    this(cluster, names, null);
  }

  /**
   * @param resultsRetention how long jobs and their answers are kept; null for as long as is usual,
   *     where the topics are not there yet
   */
  public TopicProvisioner(
      KafkaCluster cluster, TopicNames names, @Nullable Duration resultsRetention) {
    this.cluster = cluster;
    this.names = names;
    this.resultsRetention = resultsRetention;
  }

  /**
   * Creates and sets up what is missing.
   *
   * @param model the served name
   * @throws ClusterNotReady if no broker answers, or topics are missing and may not be created
   */
  public void provision(String model) {
    try (Admin admin = cluster.connect()) {
      int brokers = brokers(admin);
      Duration kept = resultsRetention == null ? RESULTS_RETENTION : resultsRetention;
      createMissing(admin, TopicSpec.all(names, model, kept), Math.min(MOST_REPLICAS, brokers));
      if (resultsRetention != null) {
        keepResults(admin, resultsRetention);
      }
      setConfig(admin, ConfigResource.Type.TOPIC, names.control(), TIMESTAMPS, LOG_APPEND_TIME);
      for (RequestClass requestClass : RequestClass.values()) {
        String topic = names.requests(model, requestClass);
        setConfig(admin, ConfigResource.Type.TOPIC, topic, TIMESTAMPS, LOG_APPEND_TIME);
        String group = names.workerGroup(model, requestClass);
        GROUP_CONFIGS.forEach(
            (key, value) -> setConfig(admin, ConfigResource.Type.GROUP, group, key, value));
        startAtFirstRequest(admin, group, topic);
      }
    }
  }

  private void keepResults(Admin admin, Duration retention) {
    String millis = Long.toString(retention.toMillis());
    for (String topic : List.of(names.results(), names.events())) {
      setConfig(admin, ConfigResource.Type.TOPIC, topic, TopicConfig.RETENTION_MS_CONFIG, millis);
    }
  }

  private int brokers(Admin admin) {
    try {
      return get(admin.describeCluster().nodes()).size();
    } catch (KafkaException e) {
      String reason = e instanceof TimeoutException ? "" : ": " + KafkaCluster.rootMessage(e);
      throw new ClusterNotReady(
          "no Kafka broker answers at " + cluster.bootstrapServers() + reason, e);
    }
  }

  private void createMissing(Admin admin, List<TopicSpec> wanted, int replicas) {
    Set<String> present = present(admin);
    List<TopicSpec> missing =
        wanted.stream().filter(topic -> !present.contains(topic.name())).toList();
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

  private static void setConfig(
      Admin admin, ConfigResource.Type type, String name, String key, String value) {
    var resource = new ConfigResource(type, name);
    var change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    try {
      get(admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all());
    } catch (KafkaException e) {
      // Share groups work without them, only slower to join and to recover.
      if (REFUSED.add(key)) {
        String kind = type.name().toLowerCase(Locale.ROOT);
        log.warn("{} config {}={} not set: {}", kind, key, value, KafkaCluster.rootMessage(e));
      }
    }
  }

  /**
   * Has a new group begin with the first request; without, it would begin with those that come
   * after its first member.
   */
  private static void startAtFirstRequest(Admin admin, String group, String topic) {
    try {
      var spec = Map.of(group, new ListShareGroupOffsetsSpec());
      var known = get(admin.listShareGroupOffsets(spec).partitionsToOffsetInfo(group));
      if (known.values().stream().allMatch(offset -> offset == null)) {
        setFirstOffset(admin, group, new TopicPartition(topic, 0));
      }
    } catch (GroupNotEmptyException e) {
      log.debug("share group {} consumes already", group);
    } catch (KafkaException e) {
      log.warn("share group {} gets no first offset: {}", group, KafkaCluster.rootMessage(e));
    }
  }

  /**
   * Sets a group's first offset, in several attempts: its coordinator hears of a new topic a moment
   * later than the topic's creator.
   */
  private static void setFirstOffset(Admin admin, String group, TopicPartition partition) {
    for (int attempt = 1; ; attempt++) {
      try {
        get(admin.alterShareGroupOffsets(group, Map.of(partition, 0L)).all());
        return;
      } catch (UnknownTopicOrPartitionException e) {
        if (attempt == FIRST_OFFSET_ATTEMPTS) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(FIRST_OFFSET_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  private static <T> T get(KafkaFuture<T> answer) {
    try {
      return Admins.get(answer);
    } catch (InterruptException e) {
      throw interrupted(e);
    }
  }

  private static ClusterNotReady interrupted(Exception e) {
    return new ClusterNotReady("interrupted while setting up the Kafka cluster", e);
  }
}
