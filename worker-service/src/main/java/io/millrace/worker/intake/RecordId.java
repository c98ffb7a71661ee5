package io.millrace.worker.intake;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One record of a requests topic. The timestamp tells it from one at the same place of a topic that
 * was deleted and made again.
 */
record RecordId(String topic, int partition, long offset, long timestamp) {
  static RecordId of(ConsumerRecord<?, ?> record) {
    return new RecordId(record.topic(), record.partition(), record.offset(), record.timestamp());
  }

  /** The record's place, as {@code topic-partition@offset}. */
  String place() {
    return topic + "-" + partition + "@" + offset;
  }

  /** An id for a request that has none: the same at each delivery. */
  String asRequestId() {
    return UUID.nameUUIDFromBytes(toString().getBytes(StandardCharsets.UTF_8)).toString();
  }
}
