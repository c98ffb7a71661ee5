package io.millrace.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.metrics.Histograms;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Usage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The meters of one tenant; there are as many as tenants have ever had keys. */
final class TenantMetrics {
  private static final String TENANT = "tenant";

  private final MeterRegistry registry;
  private final String name;
  private final Timer timeToFirstToken;

  TenantMetrics(MeterRegistry registry, String name, Supplier<Number> waiting) {
    Gauge.builder("millrace.tenant.requests.waiting", waiting)
        .description("Requests that wait in the api for their turn")
        .tag(TENANT, name)
        .register(registry);
    this.registry = registry;
    this.name = name;
    this.timeToFirstToken =
        new Histograms(registry, Tags.of(TENANT, name))
            .timer(
                "tenant.time.to.first.token",
                "Until the first text of a streamed answer",
                ModelMetrics.MILLI,
                ModelMetrics.MINUTE);
  }

  void firstToken(long nanos) {
    timeToFirstToken.record(nanos, TimeUnit.NANOSECONDS);
  }

  void finished(FinishReason reason, Usage usage) {
    count(reason.label());
    tokens("prompt", usage.promptTokens());
    tokens("generation", usage.completionTokens());
  }

  void failed(FailureKind kind) {
    count(kind.label());
  }

  private void count(String outcome) {
    Counter.builder("millrace.tenant.requests")
        .description("Requests of a tenant by how they ended")
        .tag(TENANT, name)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  private void tokens(String type, int count) {
    Counter.builder("millrace.tenant.tokens")
        .description("Tokens of a tenant's whole answers, of prompts and generated")
        .tag(TENANT, name)
        .tag("type", type)
        .register(registry)
        .increment(count);
  }
}
