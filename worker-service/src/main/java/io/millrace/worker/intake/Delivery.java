package io.millrace.worker.intake;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One delivery of a request.
 *
 * @param attempt how often the request was delivered, from 1
 */
record Delivery(ConsumerRecord<String, byte[]> record, RecordId id, int attempt) {
  private static final byte[] NOTHING = {};

  static Delivery of(ConsumerRecord<String, byte[]> record) {
    return new Delivery(
        record, RecordId.of(record), record.deliveryCount().map(Short::intValue).orElse(1));
  }

  byte[] value() {
    return record.value() == null ? NOTHING : record.value();
  }

  Instant time() {
    return Instant.ofEpochMilli(record.timestamp());
  }
}
