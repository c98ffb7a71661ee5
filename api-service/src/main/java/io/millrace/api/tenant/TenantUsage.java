package io.millrace.api.tenant;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one tenant has taken of what it may. Times are in nanoseconds, by any one clock. */
final class TenantUsage {
  /** Of one more request in the mean of their times. */
  private static final double NEWEST = 0.2;

  private static final long FIRST_GUESS_NANOS = Duration.ofSeconds(1).toNanos();

  // Guarded by this.
  private final TokenBucket requests;
  private final TokenBucket tokens;
  private int open;
  private double meanNanos = FIRST_GUESS_NANOS;

  /**
   * A limit that a request would exceed.
   *
   * @param limit in words, as in "may have at most ..."
   * @param retryAfter after which it would not
   */
  record Excess(String limit, Duration retryAfter) {}

  TenantUsage(long now) {
    requests = new TokenBucket(now);
    tokens = new TokenBucket(now);
  }

  /** Counts a request, unless it would exceed a limit; null if it would exceed none. */
  synchronized @Nullable Excess begin(Tenant tenant, long expected, long now) {
    Excess excess = excess(tenant, expected, now);
    if (excess == null) {
      open++;
      take(tenant, 1, expected, now);
    }
    return excess;
  }

  private @Nullable Excess excess(Tenant tenant, long expected, long now) {
    Integer most = tenant.maxConcurrency();
    if (most != null && open >= most) {
      Duration wait = Duration.ofNanos((long) (meanNanos / most));
      return new Excess("at most %d requests open at once".formatted(most), wait);
    }
    Integer perMinute = tenant.requestsPerMinute();
    if (perMinute != null && requests.available(perMinute, now) < 1) {
      Duration wait = requests.until(1, perMinute, now);
      return new Excess("at most %d requests a minute".formatted(perMinute), wait);
    }
    Integer tokensPerMinute = tenant.tokensPerMinute();
    if (tokensPerMinute != null) {
      Duration wait = tokens.until(Math.max(1, expected), tokensPerMinute, now);
      if (!wait.isZero()) {
        return new Excess("at most %d tokens a minute".formatted(tokensPerMinute), wait);
      }
    }
    return null;
  }

  /** Ends a request that took more, or less, tokens than was expected. */
  synchronized void end(Tenant tenant, long more, long since, long now) {
    open--;
    meanNanos += NEWEST * (now - since - meanNanos);
    take(tenant, 0, more, now);
  }

  private void take(Tenant tenant, int begun, long used, long now) {
    if (tenant.requestsPerMinute() != null) {
      requests.take(begun, tenant.requestsPerMinute(), now);
    }
    if (tenant.tokensPerMinute() != null) {
      tokens.take(used, tenant.tokensPerMinute(), now);
    }
  }

  synchronized RateBalance balance(Tenant tenant, long now) {
    return new RateBalance(
        rate(requests, tenant.requestsPerMinute(), now),
        rate(tokens, tenant.tokensPerMinute(), now));
  }

  private static RateBalance.@Nullable Rate rate(
      TokenBucket bucket, @Nullable Integer perMinute, long now) {
    return perMinute == null
        ? null
        : new RateBalance.Rate(
            perMinute,
            (long) Math.max(0, Math.floor(bucket.available(perMinute, now))),
            bucket.until(perMinute, perMinute, now));
  }
}
