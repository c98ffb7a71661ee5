package io.millrace.worker.intake;

import io.millrace.protocol.Echo;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.RequestDefaults;
import io.millrace.protocol.TopicNames;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * One delivery of a request.
 *
 * @param attempt how often the request was delivered, from 1
 */
record Delivery(ConsumerRecord<String, byte[]> record, RecordId id, int attempt) {
  private static final byte[] NOTHING = {};

  /** One of a share group, which counts deliveries itself. */
  static Delivery of(ConsumerRecord<String, byte[]> record) {
    return new Delivery(
        record, RecordId.of(record), record.deliveryCount().map(Short::intValue).orElse(1));
  }

  byte[] value() {
    return record.value() == null ? NOTHING : record.value();
  }

  /** What stands in for fields that the request does not have. */
  RequestDefaults defaults(TopicNames topics) {
    Optional<TopicNames.RequestTopic> topic = topics.parse(record.topic());
    return new RequestDefaults(
        id::asRequestId,
        time(),
        topic.map(topics::replies).orElse(null),
        traceparent(),
        topic.map(TopicNames.RequestTopic::requestClass).orElse(RequestClass.INTERACTIVE));
  }

  private @Nullable String traceparent() {
    Header header = record.headers().lastHeader(Echo.TRACE_HEADER);
    if (header == null || header.value() == null) {
      return null;
    }
    String text = new String(header.value(), StandardCharsets.UTF_8);
    // One that is malformed is as good as none, as W3C has it.
    return Echo.isTraceparent(text) ? text : null;
  }

  Instant time() {
    return Instant.ofEpochMilli(record.timestamp());
  }
}
