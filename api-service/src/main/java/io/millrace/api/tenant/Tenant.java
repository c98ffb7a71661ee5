package io.millrace.api.tenant;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.ServiceTier;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks, alone or as a team, by one key or several. Null is no limit.
 *
 * @param name in the log and in metrics; empty where nobody has a key
 * @param weight its share under load, beside those of others
 * @param maxConcurrency requests that may be open at once
 * @param requestsPerMinute requests that may begin in a minute
 * @param tokensPerMinute tokens of prompts and answers in a minute
 * @param maxPriority the most urgent {@code priority}, so the lowest number, that it may ask for
 */
public record Tenant(
    String name,
    int weight,
    @Nullable Integer maxConcurrency,
    @Nullable Integer requestsPerMinute,
    @Nullable Integer tokensPerMinute,
    @Nullable Integer maxPriority) {
  /** Everybody, where nobody has a key. */
  public static final Tenant ANYONE = unlimited("");

  /** A tenant that may ask as it likes. */
  public static Tenant unlimited(String name) {
    return new Tenant(name, 1, null, null, null, null);
  }

  /** Whether it was told apart from others. */
  public boolean isKnown() {
    return !name.isEmpty();
  }

  /**
   * Checks how urgent a request may be.
   *
   * @throws Invalid naming the field, its value and the limit
   */
  public void check(SchedulingParams asked) {
    if (maxPriority == null) {
      return;
    }
    if (asked.priority() < maxPriority) {
      throw new Invalid(
          "priority",
          "priority must be at least %d for %s, but is %d"
              .formatted(maxPriority, name, asked.priority()));
    }
    if (asked.tier() == ServiceTier.PRIORITY && maxPriority >= 0) {
      throw new Invalid(
          "service_tier",
          "service_tier must not be \"priority\" for %s, which may ask for no priority below %d"
              .formatted(name, maxPriority));
    }
  }
}
