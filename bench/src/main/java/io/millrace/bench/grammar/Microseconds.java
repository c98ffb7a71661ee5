package io.millrace.bench.grammar;

import io.millrace.bench.stats.Summary;

/** How long something took, in microseconds. */
record Microseconds(double p50, double avg, double p99) {
  static Microseconds of(Summary nanos) {
    return new Microseconds(
        tenths(nanos.median()), tenths(nanos.mean()), tenths(nanos.percentile(99)));
  }

  private static double tenths(double nanos) {
    return Math.round(nanos / 100) / 10.0;
  }
}
