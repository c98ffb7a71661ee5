package io.millrace.api.answer;

import io.millrace.api.exchange.Question;
import io.millrace.api.exchange.TokenEstimate;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.api.tenant.RateBalance;
import io.millrace.api.tenant.Tenant;
import io.millrace.api.tenant.TenantLimits;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** The limits of whoever asks, as a request meets them, with what is left in OpenAI's headers. */
@Component
public final class RequestLimits {
  private final TenantLimits limits;

  RequestLimits(TenantLimits limits) {
    this.limits = limits;
  }

  /**
   * Lets a request begin, and says in its answer what is left.
   *
   * @throws io.millrace.protocol.Invalid if it asks to be more urgent than it may
   * @throws io.millrace.api.error.RequestFailed if it exceeds a limit
   */
  public TenantLimits.Reservation reserve(
      RequestMetrics asker, Question question, HttpHeaders answer) {
    Tenant tenant = asker.tenant();
    tenant.check(question.scheduling());
    try {
      return limits.reserve(tenant, TokenEstimate.of(question).tokens());
    } finally {
      tell(limits.balance(tenant), answer);
    }
  }

  /**
   * The same for a request that goes on without this process: what it takes is known to workers
   * alone, so it counts as what it asks for.
   */
  public void charge(RequestMetrics asker, Question question, HttpHeaders answer) {
    reserve(asker, question, answer).settleAsReserved();
  }

  private static void tell(RateBalance balance, HttpHeaders answer) {
    tell("requests", balance.requests(), answer);
    tell("tokens", balance.tokens(), answer);
  }

  private static void tell(String what, RateBalance.@Nullable Rate rate, HttpHeaders answer) {
    if (rate != null) {
      answer.set("x-ratelimit-limit-" + what, Integer.toString(rate.limit()));
      answer.set("x-ratelimit-remaining-" + what, Long.toString(rate.remaining()));
      answer.set("x-ratelimit-reset-" + what, span(rate.reset()));
    }
  }

  /** As Go writes times, which is how OpenAI does: {@code 6m0s}, {@code 1.5s}, {@code 20ms}. */
  static String span(Duration time) {
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      return time.plusNanos(999_999).toMillis() + "ms";
    }
    Duration shown = time.plusMillis(999).truncatedTo(ChronoUnit.SECONDS);
    String seconds = shown.toSecondsPart() + "s";
    String minutes = shown.toMinutesPart() + "m" + seconds;
    return shown.toHours() > 0
        ? shown.toHours() + "h" + minutes
        : shown.toMinutes() > 0 ? minutes : seconds;
  }
}
