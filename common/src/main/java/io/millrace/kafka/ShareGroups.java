package io.millrace.kafka;

import static java.util.stream.Collectors.toMap;

import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Share groups (KIP-932): the broker leases each request to one member, whoever has room.
 *
 * @param requestTopics over how many topics the requests of a model and class are spread at least:
 *     each has a group of its own, and so as many slots as a group may have members
 */
public record ShareGroups(TopicNames names, int requestTopics) implements WorkerGroups {
  private static final Logger log = LoggerFactory.getLogger(ShareGroups.class);
  private static final int FIRST_OFFSET_ATTEMPTS = 30;
  private static final int FIRST_OFFSET_PAUSE_MILLIS = 100;

  private static final String DELIVERY_LIMIT = "share.delivery.count.limit";

  /** What a broker has for groups that have none of their own. */
  private static final int DEFAULT_DELIVERY_LIMIT = 5;

  private static final Map<String, String> CONFIGS =
      Map.of(
          "share.auto.offset.reset",
          "earliest",
          // What was written in a transaction that is undone was never asked.
          "share.isolation.level",
          "read_committed",
          "share.assignment.interval.ms",
          "0",
          "share.record.lock.duration.ms",
          "15000",
          // The most that brokers allow: each fetch that a broker's end cuts off counts as a
          // delivery.
          DELIVERY_LIMIT,
          "10");

  /** Those of one topic for each model and class. */
  public ShareGroups(TopicNames names) {
    this(names, 1);
  }

  @Override
  public String id(RequestTopic topic) {
    return names.workerGroup(topic);
  }

  /** A share group spreads partitions over members, and a busy member starves its own. */
  @Override
  public int requestPartitions() {
    return 1;
  }

  @Override
  public int mostRequestTopics() {
    return TopicNames.MOST_REQUEST_TOPICS;
  }

  @Override
  public <T> T match(Function<ShareGroups, T> share, Function<ClassicGroups, T> classic) {
    return share.apply(this);
  }

  @Override
  public Map<TopicPartition, PartitionBacklog> partitions(
      Admin admin, RequestTopic topic, Duration patience) {
    return offsets(admin, topic, patience).entrySet().stream()
        // The broker knows no offset of a group that has never consumed.
        .filter(entry -> entry.getValue() != null)
        .collect(toMap(Map.Entry::getKey, entry -> backlog(admin, entry, patience)));
  }

  private static PartitionBacklog backlog(
      Admin admin, Map.Entry<TopicPartition, SharePartitionOffsetInfo> entry, Duration patience) {
    SharePartitionOffsetInfo offsets = entry.getValue();
    long end = Admins.end(admin, entry.getKey(), patience);
    return new PartitionBacklog(start(offsets), end, offsets.lag().orElse(0L), 0);
  }

  /** Counts without asking for the ends of partitions. */
  @Override
  public long backlog(Admin admin, RequestTopic topic, Duration patience) {
    return offsets(admin, topic, patience).values().stream()
        .mapToLong(offsets -> offsets == null ? 0 : offsets.lag().orElse(0L))
        .sum();
  }

  private Map<TopicPartition, SharePartitionOffsetInfo> offsets(
      Admin admin, RequestTopic topic, Duration patience) {
    String group = id(topic);
    var spec = Map.of(group, new ListShareGroupOffsetsSpec());
    return Admins.get(admin.listShareGroupOffsets(spec).partitionsToOffsetInfo(group), patience);
  }

  /** Sets the configs, and where a new group begins. */
  @Override
  public void prepare(Admin admin, RequestTopic topic) {
    String group = id(topic);
    new ConfigChange(ConfigResource.Type.GROUP, group, CONFIGS).apply(admin);
    setStart(admin, topic);
  }

  /**
   * With which delivery of a request the broker tries for the last time, and drops it without a
   * word afterwards: as the group has it, since not everybody may set it.
   */
  public int deliveryLimit(Admin admin, RequestTopic topic) {
    Config configs =
        ConfigChange.current(admin, new ConfigResource(ConfigResource.Type.GROUP, id(topic)));
    ConfigEntry limit = configs == null ? null : configs.get(DELIVERY_LIMIT);
    return limit == null || limit.value() == null
        ? DEFAULT_DELIVERY_LIMIT
        : Integer.parseInt(limit.value());
  }

  /**
   * Has a new group begin with the first request; without, it would begin with those that come
   * after its first member. Where a classic group is further, that has ended the requests before.
   */
  private void setStart(Admin admin, RequestTopic topic) {
    String group = id(topic);
    try {
      Map<TopicPartition, PartitionProgress> classic =
          new ClassicGroups(names, requestPartitions(), true).progress(admin, topic, PATIENCE);
      if (classic.isEmpty() && isThere(admin, group)) {
        // It has begun. To ask where costs whoever is the first at a broker two seconds: the broker
        // asks for the ends of partitions, and loses its first request (Kafka 4.4).
        return;
      }
      Map<TopicPartition, SharePartitionOffsetInfo> known = offsets(admin, topic, PATIENCE);
      Map<TopicPartition, Long> first = new HashMap<>();
      if (known.values().stream().allMatch(offset -> offset == null)) {
        first.put(new TopicPartition(names.requests(topic), 0), 0L);
      }
      classic.forEach(
          (partition, progress) -> {
            if (progress.start() > start(known.get(partition))) {
              first.put(partition, progress.start());
            }
          });
      if (!first.isEmpty()) {
        setFirstOffsets(admin, group, first);
      }
    } catch (GroupNotEmptyException e) {
      log.debug("share group {} consumes already", group);
    } catch (InterruptException e) {
      throw TopicProvisioner.interrupted(e);
    } catch (KafkaException e) {
      log.warn("share group {} gets no first offset: {}", group, KafkaCluster.rootMessage(e));
    }
  }

  private static boolean isThere(Admin admin, String group) {
    try {
      var described = admin.describeShareGroups(List.of(group)).describedGroups().get(group);
      Admins.get(Objects.requireNonNull(described), PATIENCE);
      return true;
    } catch (GroupIdNotFoundException e) {
      return false;
    }
  }

  private static long start(@Nullable SharePartitionOffsetInfo offsets) {
    return offsets == null ? 0 : Math.max(0, offsets.startOffset());
  }

  /**
   * Sets a group's first offsets, in several attempts: its coordinator hears of a new topic a
   * moment later than the topic's creator.
   */
  private static void setFirstOffsets(
      Admin admin, String group, Map<TopicPartition, Long> offsets) {
    for (int attempt = 1; ; attempt++) {
      try {
        Admins.get(admin.alterShareGroupOffsets(group, offsets).all());
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
      throw new InterruptException(e);
    }
  }
}
