package io.millrace.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.engine.EngineListener;
import io.millrace.engine.RequestTimes;
import io.millrace.metrics.Histograms;
import java.time.Duration;

/**
 * The meters of what the engine does: of its steps, of the phases of requests, and of grammars,
 * under vLLM's names where it has them. All requests count, whoever sent them.
 */
final class EngineMetrics implements EngineListener {
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  private final DistributionSummary stepTokens;
  private final Timer queue;
  private final Timer prefill;
  private final Timer decode;
  private final Timer inference;
  private final Timer perToken;
  private final Timer compile;
  private final Timer mask;
  private final Counter grammarQueries;
  private final Counter grammarHits;

  EngineMetrics(MeterRegistry meters, Tags tags) {
    Histograms histograms = new Histograms(meters, tags);
    stepTokens =
        histograms.summary(
            "iteration.tokens", "Tokens of a step, of prompts and answers together", 100_000);
    queue =
        histograms.timer(
            "worker.request.queue.time",
            "From a worker's taking a request to its first step: encoding, grammar, and wait for"
                + " room",
            MILLI,
            TEN_MINUTES);
    prefill =
        histograms.timer(
            "request.prefill.time", "From the first step to the first token", MILLI, TEN_MINUTES);
    decode =
        histograms.timer(
            "request.decode.time", "From the first token to the last", MILLI, TEN_MINUTES);
    inference =
        histograms.timer(
            "request.inference.time", "From the first step to the last token", MILLI, TEN_MINUTES);
    perToken =
        histograms.timer(
            "request.time.per.output.token",
            "Mean time of a request from one token to the next",
            Duration.ofNanos(100_000),
            Duration.ofSeconds(5));
    compile =
        histograms.timer(
            "grammar.compile.time", "To compile a grammar that was not there", MILLI, TEN_MINUTES);
    mask =
        histograms.timer(
            "grammar.mask.time",
            "To find which tokens may come next in a constrained answer",
            Duration.ofNanos(1_000),
            Duration.ofSeconds(10));
    grammarQueries = counter("grammar.cache.queries", "Constrained requests", meters, tags);
    grammarHits =
        counter(
            "grammar.cache.hits",
            "Constrained requests whose grammar was compiled before",
            meters,
            tags);
  }

  private static Counter counter(String name, String description, MeterRegistry to, Tags tags) {
    return Counter.builder("millrace." + name).description(description).tags(tags).register(to);
  }

  @Override
  public void stepped(int numTokens) {
    stepTokens.record(numTokens);
  }

  @Override
  public void answered(RequestTimes times) {
    queue.record(times.queue());
    prefill.record(times.prefill());
    decode.record(times.decode());
    inference.record(times.inference());
    if (times.steps() > 1) {
      perToken.record(times.perToken());
    }
  }

  @Override
  public void grammarFound() {
    grammarQueries.increment();
    grammarHits.increment();
  }

  @Override
  public void grammarCompiled(Duration time) {
    grammarQueries.increment();
    compile.record(time);
  }

  @Override
  public void maskFound(Duration time) {
    mask.record(time);
  }
}
