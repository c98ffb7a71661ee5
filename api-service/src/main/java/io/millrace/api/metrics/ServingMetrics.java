package io.millrace.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The metrics of serving as clients see it, under vLLM's names with {@code millrace_} before them.
 * Times are those of this process: queue and way included.
 */
public final class ServingMetrics {
  private final MeterRegistry registry;
  private final Timer timeToFirstToken;
  private final Timer interTokenLatency;
  private final Timer latency;
  private final Timer queueTime;
  private final Counter promptTokens;
  private final Counter generationTokens;
  private final Counter duplicateReplies;

  public ServingMetrics(MeterRegistry registry) {
    this.registry = registry;
    timeToFirstToken =
        timer("time.to.first.token", "Until the first text of a streamed answer", 1, 60_000);
    interTokenLatency =
        timer("inter.token.latency", "Between two tokens of a streamed answer", 1, 5_000);
    latency = timer("e2e.request.latency", "Until the whole answer", 10, 600_000);
    queueTime = timer("request.queue.time", "Until a worker took the request", 1, 600_000);
    promptTokens = counter("prompt.tokens", "Tokens of prompts");
    generationTokens = counter("generation.tokens", "Tokens of answers");
    duplicateReplies = counter("duplicate.replies", "Replies dropped as seen before");
    for (FinishReason reason : FinishReason.values()) {
      requests(reason.label());
    }
    for (FailureKind kind : FailureKind.values()) {
      requests(kind.label());
    }
  }

  /** Reads the numbers of running and waiting requests from now on. */
  public void watch(Supplier<Number> running, Supplier<Number> waiting) {
    Gauge.builder("millrace.num.requests.running", running)
        .description("Requests that a worker answers now")
        .register(registry);
    Gauge.builder("millrace.num.requests.waiting", waiting)
        .description("Requests that no worker has taken yet")
        .register(registry);
  }

  public void queued(long millis) {
    queueTime.record(Duration.ofMillis(Math.max(0, millis)));
  }

  public void firstToken(long nanos) {
    timeToFirstToken.record(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * @param nanos per token
   */
  public void laterTokens(long nanos) {
    interTokenLatency.record(nanos, TimeUnit.NANOSECONDS);
  }

  public void finished(Reply.Finished finished, long nanos) {
    requests(finished.reason().label()).increment();
    latency.record(nanos, TimeUnit.NANOSECONDS);
    promptTokens.increment(finished.usage().promptTokens());
    generationTokens.increment(finished.usage().completionTokens());
  }

  public void failed(FailureKind kind) {
    requests(kind.label()).increment();
  }

  public void duplicateReply() {
    duplicateReplies.increment();
  }

  private Counter requests(String outcome) {
    return Counter.builder("millrace.requests")
        .description("Requests by how they ended")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder("millrace." + name).description(description).register(registry);
  }

  private Timer timer(String name, String description, long fromMillis, long toMillis) {
    return Timer.builder("millrace." + name)
        .description(description)
        .serviceLevelObjectives(buckets(fromMillis, toMillis))
        .register(registry);
  }

  /** 1, 2.5, 5 and their tenfolds. */
  private static Duration[] buckets(long fromMillis, long toMillis) {
    return LongStream.iterate(fromMillis, m -> m <= toMillis, m -> m * 10)
        .boxed()
        .flatMap(m -> Stream.of(m * 1_000, m * 2_500, m * 5_000))
        .filter(micros -> micros <= toMillis * 1_000)
        .map(micros -> Duration.ofNanos(micros * 1_000))
        .toArray(Duration[]::new);
  }
}
