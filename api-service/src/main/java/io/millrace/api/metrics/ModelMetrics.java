package io.millrace.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.metrics.Histograms;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import java.time.Duration;
import java.util.List;

/** The meters of requests to one model. */
final class ModelMetrics {
  /** What vLLM calls the end of a request whose client left, and of one that failed on our side. */
  static final String ABORT = "abort";

  static final String ERROR = "error";

  static final Duration MILLI = Duration.ofMillis(1);
  static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final long MANY_TOKENS = 1_000_000;

  final Timer timeToFirstToken;
  final Timer interTokenLatency;
  final Timer latency;
  final Timer queueTime;
  final DistributionSummary promptTokens;
  final DistributionSummary generationTokens;
  final DistributionSummary paramsN;
  final DistributionSummary paramsMaxTokens;
  private final MeterRegistry registry;
  private final String model;

  ModelMetrics(MeterRegistry registry, String model) {
    this.registry = registry;
    this.model = model;
    Histograms histograms = new Histograms(registry, Tags.of(ServingMetrics.MODEL, model));
    timeToFirstToken =
        histograms.timer(
            "time.to.first.token", "Until the first text of a streamed answer", MILLI, MINUTE);
    interTokenLatency =
        histograms.timer(
            "inter.token.latency",
            "Between two tokens of a streamed answer",
            MILLI,
            Duration.ofSeconds(5));
    latency = histograms.timer("e2e.request.latency", "Until the whole answer", MILLI, TEN_MINUTES);
    queueTime =
        histograms.timer(
            "request.queue.time", "Until a worker took the request", MILLI, TEN_MINUTES);
    promptTokens =
        histograms.summary(
            "request.prompt.tokens", "Tokens of the prompt, of whole answers", MANY_TOKENS);
    generationTokens =
        histograms.summary("request.generation.tokens", "Tokens of whole answers", MANY_TOKENS);
    paramsN = histograms.summary("request.params.n", "Answers that were asked for at once", 100);
    paramsMaxTokens =
        histograms.summary(
            "request.params.max.tokens", "max_tokens of requests that have one", MANY_TOKENS);
    for (FinishReason reason : FinishReason.values()) {
      requests(reason.label());
      success(reason.label());
    }
    List.of(ABORT, ERROR).forEach(this::success);
    for (FailureKind kind : FailureKind.values()) {
      requests(kind.label());
    }
  }

  Counter requests(String outcome) {
    return Counter.builder("millrace.requests")
        .description("Requests by how they ended")
        .tag(ServingMetrics.MODEL, model)
        .tag("outcome", outcome)
        .register(registry);
  }

  Counter success(String finishedReason) {
    return Counter.builder("millrace.request.success")
        .description("Requests that a model was asked, by why they ended")
        .tag(ServingMetrics.MODEL, model)
        .tag("finished_reason", finishedReason)
        .register(registry);
  }
}
