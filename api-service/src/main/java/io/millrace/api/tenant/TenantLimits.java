package io.millrace.api.tenant;

import io.millrace.api.error.RequestFailed;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits of all tenants, as far as this process is asked: requests that are open, requests and
 * tokens of a minute. Safe for use by several threads.
 */
public final class TenantLimits {
  /** Which fault it is, in OpenAI's word. */
  public static final String EXCEEDED = "rate_limit_exceeded";

  private final LongSupplier nanoTime;
  private final Map<String, TenantUsage> usages = new ConcurrentHashMap<>();

  public TenantLimits(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A request that counts from now on, until it is settled. */
  public final class Reservation {
    private final Tenant tenant;
    private final @Nullable TenantUsage usage;
    private final long tokens;
    private final long since = nanoTime.getAsLong();
    private final AtomicBoolean settled = new AtomicBoolean();

    private Reservation(Tenant tenant, @Nullable TenantUsage usage, long tokens) {
      this.tenant = tenant;
      this.usage = usage;
      this.tokens = tokens;
    }

    /**
     * Ends it; only the first time counts.
     *
     * @param actual tokens that it took
     */
    public void settle(long actual) {
      if (usage != null && settled.compareAndSet(false, true)) {
        usage.end(tenant, actual - tokens, since, nanoTime.getAsLong());
      }
    }

    /** The same for one that goes on without this process: it is not open any more. */
    public void settleAsReserved() {
      settle(tokens);
    }
  }

  /**
   * Lets a request begin.
   *
   * @param tokens that it is expected to take
   * @throws RequestFailed naming the limit that it would exceed, and when it would not
   */
  public Reservation reserve(Tenant tenant, long tokens) {
    if (!tenant.isKnown()) {
      return new Reservation(tenant, null, tokens);
    }
    TenantUsage usage =
        usages.computeIfAbsent(tenant.name(), name -> new TenantUsage(nanoTime.getAsLong()));
    TenantUsage.Excess excess = usage.begin(tenant, tokens, nanoTime.getAsLong());
    if (excess != null) {
      throw refusal(tenant, excess);
    }
    return new Reservation(tenant, usage, tokens);
  }

  /** What a tenant has left. */
  public RateBalance balance(Tenant tenant) {
    TenantUsage usage = usages.get(tenant.name());
    return usage == null ? RateBalance.NONE : usage.balance(tenant, nanoTime.getAsLong());
  }

  private static RequestFailed refusal(Tenant tenant, TenantUsage.Excess excess) {
    Duration wait = excess.retryAfter();
    return RequestFailed.tooEarly(
        EXCEEDED,
        "%s may have %s; try again in %d s"
            .formatted(
                tenant.name(), excess.limit(), Math.max(1, wait.plusMillis(999).toSeconds())),
        wait);
  }
}
