package io.millrace.api.admission;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.tenant.Tenant;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The door: refuses at once what would wait longer than anybody waits for it, and says when to come
 * back.
 */
public final class Admission {
  private static final String OVERLOADED = "overloaded";

  private final WaitEstimate estimate;
  private final @Nullable Duration longestWait;

  /**
   * @param longestWait for a worker; null for as long as the answer is waited for
   */
  public Admission(WaitEstimate estimate, @Nullable Duration longestWait) {
    this.estimate = estimate;
    this.longestWait = longestWait;
  }

  /**
   * Refuses what no worker can begin in time. While no worker lives nothing is refused: requests
   * wait for one.
   *
   * @param timeout after which nobody waits for the beginning of the answer
   * @throws RequestFailed saying how long it would wait, and when to come back
   */
  public void check(String model, Tenant tenant, Duration timeout) {
    Duration most =
        longestWait == null || longestWait.compareTo(timeout) > 0 ? timeout : longestWait;
    Duration wait = estimate.of(model, tenant).orElse(Duration.ZERO);
    if (wait.compareTo(most) > 0) {
      Duration over = wait.minus(most);
      throw RequestFailed.tooEarly(
          OVERLOADED,
          "the request would wait %d s for a worker, longer than the %d s that it may; try again in %d s"
              .formatted(wait.toSeconds(), most.toSeconds(), Math.max(1, over.toSeconds())),
          over);
    }
  }

  /**
   * A refusal of what finds the queue full, with the time after which what waits now is served.
   *
   * @param otherwise that time, while no worker lives that has ended a request
   */
  public RequestFailed full(
      RequestFailed refusal, String model, Tenant tenant, Duration otherwise) {
    Optional<Duration> wait = estimate.of(model, tenant);
    return refusal.withRetryAfter(wait.orElse(otherwise));
  }

  /** Whether a worker of a model lives; what is asked of others waits for one. */
  public boolean isServed(String model) {
    return estimate.isServed(model);
  }

  /** What a refusal adds about a model whose workers are all gone; empty while one lives. */
  public String ifUnserved(String model) {
    return isServed(model) ? "" : ", as no worker serves \"%s\" now".formatted(model);
  }
}
