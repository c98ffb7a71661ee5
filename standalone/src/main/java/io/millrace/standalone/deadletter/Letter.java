package io.millrace.standalone.deadletter;

import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.DeadLetterReplay;
import io.millrace.protocol.IncomingRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.RequestDefaults;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A dead letter, without its value.
 *
 * @param offset in the topic of dead letters, by which commands name it
 * @param at when the worker gave up, by its clock
 * @param id of the request; empty if the record says none
 * @param bytes of its value; 0 if the letter has the headers alone
 * @param cause why, and where the request was
 * @param replayed whether the request was written to its topic again
 */
public record Letter(
    long offset, Instant at, String id, int bytes, DeadLetter cause, boolean replayed) {
  private static final Invalid NOT_READ = new Invalid(null, "only the id is wanted");

  /** Reads a record; empty if it is no letter. */
  static Optional<Letter> of(ConsumerRecord<String, byte[]> record) {
    return DeadLetter.of(headers(record)).map(cause -> of(record, cause));
  }

  private static Letter of(ConsumerRecord<String, byte[]> record, DeadLetter cause) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    String key = record.key() == null ? "" : record.key();
    String id =
        IncomingRequest.unreadable(value, new RequestDefaults(key, Instant.EPOCH), NOT_READ).id();
    Instant at = Instant.ofEpochMilli(record.timestamp());
    return new Letter(record.offset(), at, id, value.length, cause, false);
  }

  /** The offset of the letter that a record says was replayed; empty if it says no such thing. */
  static OptionalLong replayedBy(ConsumerRecord<String, byte[]> record) {
    return DeadLetterReplay.offset(headers(record));
  }

  private static Map<String, String> headers(ConsumerRecord<String, byte[]> record) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      if (header.value() != null) {
        headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
      }
    }
    return headers;
  }

  Letter replayedNow() {
    return new Letter(offset, at, id, bytes, cause, true);
  }
}
