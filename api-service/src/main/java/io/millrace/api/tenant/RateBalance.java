package io.millrace.api.tenant;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant has left at a moment.
 *
 * @param requests of a minute; null without a limit
 * @param tokens of a minute; null without a limit
 */
public record RateBalance(@Nullable Rate requests, @Nullable Rate tokens) {
  /** Of a tenant without limits. */
  static final RateBalance NONE = new RateBalance(null, null);

  /**
   * One of the limits.
   *
   * @param limit of a minute
   * @param remaining of it now, 0 or more
   * @param reset after which time all of it is there, if nothing is asked
   */
  public record Rate(int limit, long remaining, Duration reset) {}
}
