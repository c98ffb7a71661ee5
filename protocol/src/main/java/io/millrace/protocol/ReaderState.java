package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The word of a reader of answers that it lives: a record of the workers topic, keyed by {@link
 * #key}, renewed every few seconds, deleted when it leaves. It stands in one partition with the
 * {@link WorkerState}s, so that a worker can tell time by the order of both.
 *
 * @param reader its name, as in {@link ReplyAddress#reader}
 * @param at when this was true
 * @param resumeMillis how long its answers wait for another reader to go on with them, once it is
 *     gone
 */
public record ReaderState(
    @Required String reader,
    Instant at,
    @Limit(min = 0) @JsonProperty("resume_timeout_ms") long resumeMillis) {
  /** No worker's name has a colon. */
  private static final String PREFIX = "reader:";

  public ReaderState {
    GenerationRequest.requireId("reader", reader);
    at = at == null ? Instant.EPOCH : at;
    Invalid.unlessAtLeast("resume_timeout_ms", resumeMillis, 0);
  }

  /** The key of a reader's records. */
  public static String key(String reader) {
    return PREFIX + reader;
  }

  /** The reader whose record has that key; empty if it is another record. */
  public static Optional<String> readerOf(@Nullable String key) {
    return key != null && key.startsWith(PREFIX)
        ? Optional.of(key.substring(PREFIX.length()))
        : Optional.empty();
  }
}
