package io.millrace.kafka;

import static java.util.stream.Collectors.toMap;

import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Classic consumer groups, for brokers without share groups: each partition of requests belongs to
 * one member, which commits its {@link PartitionProgress}.
 *
 * @param requestPartitions how many partitions a topic of requests has at least
 * @param besideShareGroups whether the cluster has share groups, too
 */
public record ClassicGroups(TopicNames names, int requestPartitions, boolean besideShareGroups)
    implements WorkerGroups {
  /** As many workers as that can be busy at the same time. */
  public static final int DEFAULT_PARTITIONS = 16;

  private static final Logger log = LoggerFactory.getLogger(ClassicGroups.class);

  @Override
  public String id(RequestTopic topic) {
    return names.classicGroup(topic);
  }

  /** Partitions are what it is spread over. */
  @Override
  public int requestTopics() {
    return 1;
  }

  @Override
  public int mostRequestTopics() {
    return 1;
  }

  @Override
  public <T> T match(Function<ShareGroups, T> share, Function<ClassicGroups, T> classic) {
    return classic.apply(this);
  }

  @Override
  public Map<TopicPartition, PartitionBacklog> partitions(
      Admin admin, RequestTopic topic, Duration patience) {
    Map<TopicPartition, PartitionProgress> progress = progress(admin, topic, patience);
    Set<TopicPartition> all = all(admin, names.requests(topic), patience);
    Map<TopicPartition, Long> firsts = list(admin, all, OffsetSpec.earliest(), patience);
    Map<TopicPartition, Long> ends = list(admin, all, OffsetSpec.latest(), patience);
    return all.stream()
        .collect(
            toMap(
                partition -> partition,
                partition ->
                    backlog(
                        progress.getOrDefault(partition, PartitionProgress.NONE),
                        Objects.requireNonNull(firsts.get(partition)),
                        Objects.requireNonNull(ends.get(partition)))));
  }

  private static PartitionBacklog backlog(PartitionProgress progress, long first, long end) {
    return new PartitionBacklog(
        Math.max(first, progress.start()),
        end,
        progress.unfinished(first, end),
        progress.open().tailMap(first).size());
  }

  private static Set<TopicPartition> all(Admin admin, String topic, Duration patience) {
    var described = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
    int count = Admins.get(Objects.requireNonNull(described), patience).partitions().size();
    return IntStream.range(0, count)
        .mapToObj(number -> new TopicPartition(topic, number))
        .collect(Collectors.toSet());
  }

  private static Map<TopicPartition, Long> list(
      Admin admin, Set<TopicPartition> partitions, OffsetSpec which, Duration patience) {
    var asked = partitions.stream().collect(toMap(partition -> partition, partition -> which));
    var found = Admins.get(admin.listOffsets(asked).all(), patience);
    return found.entrySet().stream()
        .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  /** What the members of the group have committed; empty where they have not. */
  Map<TopicPartition, PartitionProgress> progress(
      Admin admin, RequestTopic topic, Duration patience) {
    Map<TopicPartition, PartitionProgress> progress = new HashMap<>();
    String group = id(topic);
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          Admins.get(
              admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), patience);
      committed.forEach(
          (partition, offset) -> {
            if (offset != null) {
              progress.put(partition, PartitionProgress.of(offset));
            }
          });
    } catch (GroupIdNotFoundException e) {
      log.debug("no group {}", group);
    }
    return progress;
  }

  /** Has a group in which nobody is begin where a share group has ended, if that is further. */
  @Override
  public void prepare(Admin admin, RequestTopic topic) {
    if (!besideShareGroups) {
      return;
    }
    String group = id(topic);
    try {
      Map<TopicPartition, PartitionProgress> progress = progress(admin, topic, PATIENCE);
      Map<TopicPartition, OffsetAndMetadata> first = new HashMap<>();
      new ShareGroups(names)
          .partitions(admin, topic, PATIENCE)
          .forEach(
              (partition, share) -> {
                // A share group's own start is late where it is idle.
                long start = share.unfinished() == 0 ? share.end() : share.start();
                if (start > progress.getOrDefault(partition, PartitionProgress.NONE).start()) {
                  first.put(partition, new OffsetAndMetadata(start));
                }
              });
      if (!first.isEmpty()) {
        Admins.get(admin.alterConsumerGroupOffsets(group, first).all());
      }
    } catch (KafkaException e) {
      // A group that has members has begun.
      log.debug("group {} gets no first offset: {}", group, KafkaCluster.rootMessage(e));
    }
  }
}
