package io.millrace.models.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries of requests to the hub: transient failures are tried again with exponential backoff, a
 * bounded number of times.
 */
final class Retries {
  private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final Pause pause;

  Retries(Pause pause) {
    this.pause = pause;
  }

  /** A sleep between two tries. */
  interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  /** One try; it may be made again. */
  interface Attempt<T> {
    T run() throws IOException;
  }

  /** A failure that may pass. */
  static final class Transient extends IOException {
    private final Duration wait;

    /**
     * @param wait how long the server asks to wait; zero if it does not say
     */
    Transient(String message, Duration wait) {
      super(message);
      this.wait = wait;
    }
  }

  <T> T run(String what, Attempt<T> attempt) throws IOException {
    return run(what, attempt, () -> false);
  }

  /**
   * Runs a request until it succeeds or has failed too often.
   *
   * @param progressed whether the work went on since it last failed, which makes failures count
   *     from zero again
   */
  <T> T run(String what, Attempt<T> attempt, BooleanSupplier progressed) throws IOException {
    for (int failures = 1; ; failures++) {
      try {
        return attempt.run();
      } catch (Transient e) {
        failures = progressed.getAsBoolean() ? 1 : failures;
        Duration wait = e.wait.isZero() ? FIRST_WAIT.multipliedBy(1L << failures - 1) : e.wait;
        if (failures == ATTEMPTS || wait.compareTo(LONGEST_WAIT) > 0) {
          throw new HubFailure(what + ": " + e.getMessage() + reason(failures, wait), null);
        }
        LOG.info("{}: {}; trying again in {} ms", what, e.getMessage(), wait.toMillis());
        sleep(wait);
      }
    }
  }

  private static String reason(int failures, Duration wait) {
    return failures == ATTEMPTS
        ? " (tried " + ATTEMPTS + " times)"
        : " (it asks to wait " + wait.toSeconds() + " s)";
  }

  private void sleep(Duration wait) throws IOException {
    try {
      pause.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
