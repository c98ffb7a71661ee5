package io.millrace.bench.serve;

import io.millrace.cli.StartFailure;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The check whether a server is ready, repeated while it starts. */
final class ReadyCheck {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private ReadyCheck() {}

  /**
   * Tries until an attempt succeeds.
   *
   * @param attempt says why it did not work, or null if it did
   * @throws StartFailure if it does not within so many seconds
   */
  static void await(Supplier<@Nullable String> attempt, int seconds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    String problem = attempt.get();
    while (problem != null) {
      if (System.nanoTime() - deadline >= 0) {
        throw new StartFailure(
            "the server was not ready within --ready-check-timeout-sec %d: %s"
                .formatted(seconds, problem));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      problem = attempt.get();
    }
  }
}
