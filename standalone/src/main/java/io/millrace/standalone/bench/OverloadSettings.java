package io.millrace.standalone.bench;

import java.time.Duration;

/**
 * The settings of a run under overload.
 *
 * @param slots of the worker
 * @param step how long a token takes, of as many requests as there are slots
 * @param tokens of each answer
 * @param overload by how many times the flood exceeds what the worker can do
 * @param calmShare of what the worker can do, which the calm tenant asks for
 * @param maxQueued requests that may wait
 * @param timeout of a request
 * @param duration of the flood, and of the measure before it
 * @param warmUp how long the calm tenant asks before it is measured, and after the flood
 */
record OverloadSettings(
    int slots,
    Duration step,
    int tokens,
    double overload,
    double calmShare,
    int maxQueued,
    Duration timeout,
    Duration duration,
    Duration warmUp) {

  /** Requests a second that the worker can answer. */
  double capacity() {
    return slots / (tokens * step.toNanos() / 1e9);
  }
}
