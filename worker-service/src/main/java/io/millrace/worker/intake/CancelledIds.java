package io.millrace.worker.intake;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The ids of requests that were cancelled while they may have been queued. A cancel counts for what
 * was asked before it: an id that is used again later is another request.
 */
final class CancelledIds {
  private static final int CAPACITY = 100_000;

  private record Cancel(Instant at, String why) {}

  private final EvictingMap<String, Cancel> cancels = new EvictingMap<>(CAPACITY);

  void add(String id, Instant at, String why) {
    cancels.put(id, new Cancel(at, why));
  }

  /**
   * Why the request is not wanted any more; null if it is.
   *
   * @param sentAt when it came, by the clock that tells when cancels came
   */
  @Nullable String reason(String id, Instant sentAt) {
    Cancel cancel = cancels.get(id);
    return cancel == null || sentAt.isAfter(cancel.at) ? null : cancel.why;
  }
}
