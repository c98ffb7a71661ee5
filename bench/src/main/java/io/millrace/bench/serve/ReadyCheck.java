package io.millrace.bench.serve;

import io.millrace.cli.StartFailure;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a server that is still starting. */
final class ReadyCheck {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private ReadyCheck() {}

  /**
   * Tries until it works.
   *
   * @throws StartFailure if it does not within so many seconds
   */
  static void await(Supplier<Outcome> attempt, int seconds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    Outcome outcome = attempt.get();
    while (!outcome.succeeded()) {
      if (System.nanoTime() - deadline >= 0) {
        throw new StartFailure(
            "the server was not ready within --ready-check-timeout-sec %d: %s"
                .formatted(seconds, outcome.error()));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      outcome = attempt.get();
    }
  }
}
