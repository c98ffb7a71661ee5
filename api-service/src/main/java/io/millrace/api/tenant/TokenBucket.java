package io.millrace.api.tenant;

import java.time.Duration;

/**
 * A token bucket that holds as much as a minute allows, and is refilled within one. What it holds
 * is told apart from its size, which may change at any time. It may owe, for what costs more than
 * was foreseen. For one thread at a time.
 */
final class TokenBucket {
  private static final double NANOS_PER_MINUTE = Duration.ofMinutes(1).toNanos();

  private double used;
  private long at;

  /**
   * @param now by the clock that all methods are told the time of, in nanoseconds
   */
  TokenBucket(long now) {
    at = now;
  }

  /** How much is in it; less than nothing if it owes. */
  double available(double perMinute, long now) {
    refill(perMinute, now);
    return perMinute - used;
  }

  /** Takes something out of it, or puts back what is negative. */
  void take(double amount, double perMinute, long now) {
    refill(perMinute, now);
    used = Math.max(0, used + amount);
  }

  /** After which time an amount, or all that goes into it, is in it. */
  Duration until(double amount, double perMinute, long now) {
    double missing = Math.min(amount, perMinute) - available(perMinute, now);
    return missing <= 0
        ? Duration.ZERO
        : Duration.ofNanos((long) Math.ceil(missing / perMinute * NANOS_PER_MINUTE));
  }

  private void refill(double perMinute, long now) {
    used = Math.max(0, used - (now - at) / NANOS_PER_MINUTE * perMinute);
    at = now;
  }
}
