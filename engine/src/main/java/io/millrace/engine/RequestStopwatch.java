package io.millrace.engine;

import java.time.Duration;

/** The stopwatch of a request in the engine. Belongs to the engine's thread. */
final class RequestStopwatch {
  private final long submittedAt;
  private long begunAt;
  private long firstTokenAt;
  private long lastTokenAt;
  private boolean begun;
  private int steps;

  /**
   * @param submittedAt in nanoseconds, as all times here, by the clock of the engine
   */
  RequestStopwatch(long submittedAt) {
    this.submittedAt = submittedAt;
  }

  /** Takes note of a step that computes tokens of it; the first one counts. */
  void scheduled(long now) {
    if (!begun) {
      begun = true;
      begunAt = now;
    }
  }

  /** Takes note of a step that gives it tokens, perhaps of several answers. */
  void sampled(long now) {
    if (steps == 0) {
      firstTokenAt = now;
    } else if (now == lastTokenAt) {
      return;
    }
    lastTokenAt = now;
    steps++;
  }

  /** How long it took; once it has a token. */
  RequestTimes times() {
    return new RequestTimes(
        Duration.ofNanos(begunAt - submittedAt),
        Duration.ofNanos(firstTokenAt - begunAt),
        Duration.ofNanos(lastTokenAt - firstTokenAt),
        steps);
  }
}
