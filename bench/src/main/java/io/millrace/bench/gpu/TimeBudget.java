package io.millrace.bench.gpu;

import java.time.Duration;

/** The time that a check may take: what does not fit is left out. */
record TimeBudget(long startNanos, long nanos) {

  /** A budget that begins now. */
  static TimeBudget of(Duration all) {
    return new TimeBudget(System.nanoTime(), all.toNanos());
  }

  Duration spent() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  Duration left() {
    return Duration.ofNanos(nanos).minus(spent());
  }

  /** Whether there is time for what takes so long. */
  boolean allows(Duration needed) {
    return left().compareTo(needed) > 0;
  }
}
