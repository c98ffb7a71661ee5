package io.millrace.kafka;

import io.millrace.protocol.ReplyAddress;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where the replies to a request begin, or a place before that: an offset, or a moment.
 *
 * @param topic that they are in
 * @param partition null for all of the topic
 * @param offset of one partition; null where a moment is known
 * @param moment before the first of them was written; null where an offset is known
 */
public record ReplyStart(
    String topic, @Nullable Integer partition, @Nullable Long offset, @Nullable Instant moment) {

  /** An offset at or before that of the first reply. */
  public static ReplyStart at(TopicPartition partition, long offset) {
    return new ReplyStart(partition.topic(), partition.partition(), offset, null);
  }

  /** A moment before the first reply was written, by the clock of whoever writes it. */
  public static ReplyStart since(ReplyAddress address, Instant moment) {
    return new ReplyStart(address.topic(), address.partition(), null, moment);
  }
}
