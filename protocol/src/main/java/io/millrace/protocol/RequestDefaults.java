package io.millrace.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What stands in for fields that a record of a requests topic does not have.
 *
 * @param id for {@code id}
 * @param createdAt for {@code created_at}
 * @param replyTopic for {@code reply.topic}; null makes that field required
 * @param traceparent for {@code traceparent}
 */
public record RequestDefaults(
    String id, Instant createdAt, @Nullable String replyTopic, @Nullable String traceparent) {
  /** Of a record of which nothing else is known. */
  public RequestDefaults(String id, Instant createdAt) {
    this(id, createdAt, null, null);
  }
}
