package io.millrace.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The meters of requests to one model. */
final class ModelMetrics {
  /** What vLLM calls the end of a request whose client left, and of one that failed on our side. */
  static final String ABORT = "abort";

  static final String ERROR = "error";

  final Timer timeToFirstToken;
  final Timer interTokenLatency;
  final Timer latency;
  final Timer queueTime;
  final DistributionSummary promptTokens;
  final DistributionSummary generationTokens;
  private final MeterRegistry registry;
  private final String model;

  ModelMetrics(MeterRegistry registry, String model) {
    this.registry = registry;
    this.model = model;
    timeToFirstToken =
        timer("time.to.first.token", "Until the first text of a streamed answer", 1, 60_000);
    interTokenLatency =
        timer("inter.token.latency", "Between two tokens of a streamed answer", 1, 5_000);
    latency = timer("e2e.request.latency", "Until the whole answer", 10, 600_000);
    queueTime = timer("request.queue.time", "Until a worker took the request", 1, 600_000);
    promptTokens = summary("request.prompt.tokens", "Tokens of the prompt, of whole answers");
    generationTokens = summary("request.generation.tokens", "Tokens of whole answers");
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

  private DistributionSummary summary(String name, String description) {
    return DistributionSummary.builder("millrace." + name)
        .description(description)
        .tag(ServingMetrics.MODEL, model)
        .serviceLevelObjectives(steps(1, 1_000_000).mapToDouble(n -> n).toArray())
        .register(registry);
  }

  private Timer timer(String name, String description, long fromMillis, long toMillis) {
    return Timer.builder("millrace." + name)
        .description(description)
        .tag(ServingMetrics.MODEL, model)
        .serviceLevelObjectives(
            steps(fromMillis * 1_000, toMillis * 1_000)
                .mapToObj(micros -> Duration.ofNanos(micros * 1_000))
                .toArray(Duration[]::new))
        .register(registry);
  }

  /** 1, 2, 5 and their tenfolds; 2.5 where that is whole. */
  static LongStream steps(long from, long to) {
    return LongStream.iterate(from, n -> n <= to, n -> n * 10)
        .boxed()
        .flatMap(n -> Stream.of(n, n == 1 ? 2 : n * 5 / 2, n * 5))
        .mapToLong(n -> n)
        .filter(n -> n <= to);
  }
}
