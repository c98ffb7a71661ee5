package io.millrace.worker.control;

import io.millrace.kafka.TopicReader;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.Wire;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A listener to the control topic, which every worker reads from its beginning, as far back as a
 * request may still be queued: a request that was cancelled before this worker started must not be
 * answered by it.
 *
 * @param to takes each message with the moment it was sent, on the reader's thread
 */
public record ControlListener(BiConsumer<ControlMessage, Instant> to)
    implements TopicReader.Listener {
  private static final byte[] NOTHING = {};

  @Override
  public void take(ConsumerRecord<String, byte[]> record, boolean live) {
    byte[] value = record.value() == null ? NOTHING : record.value();
    to.accept(Wire.decodeControl(value), Instant.ofEpochMilli(record.timestamp()));
  }
}
