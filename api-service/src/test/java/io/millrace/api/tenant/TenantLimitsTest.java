package io.millrace.api.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.ServiceTier;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TenantLimitsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final TenantLimits limits = new TenantLimits(nanos::get);

  @Test
  void requestsBeyondAMinutes_areRefusedUntilThereIsOneAgain() {
    Tenant tenant = new Tenant("a", 1, null, 2, null, null);
    limits.reserve(tenant, 5).settle(5);
    limits.reserve(tenant, 5).settle(5);

    RequestFailed refused = refused(tenant, 5);

    assertThat(refused).hasMessage("a may have at most 2 requests a minute; try again in 30 s");
    assertThat(refused.kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(refused.code()).isEqualTo("rate_limit_exceeded");
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(30));
    pass(Duration.ofSeconds(30));
    limits.reserve(tenant, 5);
  }

  @Test
  void tokens_areCountedAsAskedFor_andAsUsedInTheEnd() {
    Tenant tenant = new Tenant("a", 1, null, null, 600, null);
    TenantLimits.Reservation first = limits.reserve(tenant, 600);
    assertThat(refused(tenant, 100).retryAfter()).isEqualTo(Duration.ofSeconds(10));

    first.settle(200);
    first.settle(0);

    assertThat(limits.balance(tenant).tokens())
        .isEqualTo(new RateBalance.Rate(600, 400, Duration.ofSeconds(20)));
    limits.reserve(tenant, 100).settle(1000);
    assertThat(refused(tenant, 0).retryAfter()).isGreaterThan(Duration.ofSeconds(60));
  }

  @Test
  void openRequestsBeyondTheLimit_areRefusedUntilOneEnds() {
    Tenant tenant = new Tenant("a", 1, 1, null, null, null);
    TenantLimits.Reservation first = limits.reserve(tenant, 5);

    assertThat(refused(tenant, 5))
        .hasMessage("a may have at most 1 requests open at once; try again in 1 s");

    pass(Duration.ofSeconds(11));
    first.settle(5);
    limits.reserve(tenant, 5);
    assertThat(refused(tenant, 5).retryAfter()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void tenants_haveLimitsOfTheirOwn_andOthersNone() {
    limits.reserve(new Tenant("a", 1, 1, null, null, null), 5);
    limits.reserve(new Tenant("b", 1, 1, null, null, null), 5);
    for (int i = 0; i < 100; i++) {
      limits.reserve(Tenant.ANYONE, 1_000_000);
      limits.reserve(Tenant.unlimited("c"), 1_000_000);
    }
    assertThat(limits.balance(Tenant.ANYONE)).isEqualTo(RateBalance.NONE);
    assertThat(limits.balance(Tenant.unlimited("c"))).isEqualTo(RateBalance.NONE);
  }

  @Test
  void limitThatChanges_countsAtOnce() {
    limits.reserve(new Tenant("a", 1, null, 1, null, null), 5).settle(5);
    limits.reserve(new Tenant("a", 1, null, 60, null, null), 5).settle(5);
  }

  @Test
  void urgencyBeyondTheLimit_isRefusedByName() {
    Tenant tenant = new Tenant("a", 1, null, null, null, 0);
    tenant.check(new SchedulingParams(0, ServiceTier.FLEX));
    assertThatThrownBy(() -> tenant.check(new SchedulingParams(-1, null)))
        .isInstanceOf(Invalid.class)
        .hasMessage("priority must be at least 0 for a, but is -1");
    assertThatThrownBy(() -> tenant.check(new SchedulingParams(0, ServiceTier.PRIORITY)))
        .isInstanceOf(Invalid.class)
        .hasMessageContaining("service_tier must not be \"priority\" for a");
    Tenant.ANYONE.check(new SchedulingParams(Integer.MIN_VALUE, ServiceTier.PRIORITY));
  }

  private RequestFailed refused(Tenant tenant, long tokens) {
    return catchThrowableOfType(RequestFailed.class, () -> limits.reserve(tenant, tokens));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
