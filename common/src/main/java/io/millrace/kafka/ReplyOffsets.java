package io.millrace.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The offsets between which replies lie now. Each partition is asked once; every question may wait
 * for a broker, and throw whatever Kafka throws.
 */
final class ReplyOffsets {
  private final Consumer<?, ?> consumer;
  private final Duration patience;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private final Map<TopicPartition, Long> firsts = new HashMap<>();

  ReplyOffsets(Consumer<?, ?> consumer, Duration patience) {
    this.consumer = consumer;
    this.patience = patience;
  }

  /** The offsets after the last records, which the next records get, of all that is to be read. */
  Map<TopicPartition, Long> ends(ReplyStart start) {
    List<TopicPartition> partitions = partitions(start);
    if (!ends.keySet().containsAll(partitions)) {
      ends.putAll(consumer.endOffsets(partitions, patience));
    }
    Map<TopicPartition, Long> found = new HashMap<>();
    partitions.forEach(it -> found.put(it, Objects.requireNonNull(ends.get(it))));
    return found;
  }

  private List<TopicPartition> partitions(ReplyStart start) {
    List<PartitionInfo> all = consumer.partitionsFor(start.topic(), patience);
    Integer wanted = start.partition();
    List<TopicPartition> partitions =
        all.stream()
            .map(it -> new TopicPartition(it.topic(), it.partition()))
            .filter(it -> wanted == null || wanted == it.partition())
            .toList();
    if (partitions.isEmpty()) {
      throw new UnknownTopicOrPartitionException(
          "there is no partition %s of topic %s".formatted(wanted, start.topic()));
    }
    return partitions;
  }

  /**
   * The offsets to begin at.
   *
   * @param ends asked before, so that what comes meanwhile is read
   * @throws MissingReplies if an offset is named at which nothing is, or can come, any more
   */
  Map<TopicPartition, Long> begins(ReplyStart start, Map<TopicPartition, Long> ends) {
    Instant moment = start.moment();
    return moment == null
        ? at(Objects.requireNonNull(start.offset()), ends)
        : since(Math.max(0, moment.toEpochMilli()), ends);
  }

  private Map<TopicPartition, Long> since(long millis, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> moments = new HashMap<>();
    ends.keySet().forEach(it -> moments.put(it, millis));
    Map<TopicPartition, Long> begins = new HashMap<>(ends);
    consumer
        .offsetsForTimes(moments, patience)
        .forEach((partition, found) -> begins.merge(partition, offset(found), Math::min));
    return begins;
  }

  /** After the last record there is no moment. */
  private static long offset(@Nullable OffsetAndTimestamp found) {
    return found == null ? Long.MAX_VALUE : found.offset();
  }

  private Map<TopicPartition, Long> at(long offset, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> begins = new HashMap<>();
    ends.forEach(
        (partition, end) -> {
          if (offset > end) {
            throw new MissingReplies("%s has no offset %d yet".formatted(partition, offset), false);
          }
          if (offset < first(partition, ends.keySet())) {
            throw new MissingReplies(
                "%s has no offset %d any more".formatted(partition, offset), true);
          }
          begins.put(partition, offset);
        });
    return begins;
  }

  private long first(TopicPartition partition, Collection<TopicPartition> all) {
    if (!firsts.containsKey(partition)) {
      firsts.putAll(consumer.beginningOffsets(all, patience));
    }
    return Objects.requireNonNull(firsts.get(partition));
  }
}
