package io.millrace.protocol;

import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands in for fields that a record of a requests topic does not have.
 *
 * @param id for {@code id}; made only where that is missing, as it is a hash
 * @param createdAt for {@code created_at}
 * @param replyTopic for {@code reply.topic}; null makes that field required
 * @param traceparent for {@code traceparent}
 * @param requestClass of the topic, for {@code service_tier}
 */
public record RequestDefaults(
    Supplier<String> id,
    Instant createdAt,
    @Nullable String replyTopic,
    @Nullable String traceparent,
    RequestClass requestClass) {
  /** Of a record of which nothing else is known. */
  public RequestDefaults(String id, Instant createdAt) {
    this(() -> id, createdAt, null, null, RequestClass.INTERACTIVE);
  }
}
