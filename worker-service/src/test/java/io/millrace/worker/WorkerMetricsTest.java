package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class WorkerMetricsTest {
  @Test
  void watch_showsTheEnginesFigures() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    GenerationEngine engine = new IdleEngine();
    WorkerMetrics.watch(engine, registry, Tags.of("worker", "w"));
    assertThat(registry.scrape())
        .contains(
            "millrace_worker_num_requests_running{worker=\"w\"} 3.0",
            "millrace_worker_num_requests_waiting{worker=\"w\"} 2.0",
            "millrace_kv_cache_usage_perc{worker=\"w\"} 0.5",
            "millrace_worker_kv_cache_blocks{worker=\"w\"} 100.0",
            "millrace_worker_prefix_cache_queries_total{worker=\"w\"} 90.0",
            "millrace_worker_prefix_cache_hits_total{worker=\"w\"} 40.0",
            "millrace_worker_num_preemptions_total{worker=\"w\"} 7.0",
            "millrace_prompt_tokens_total{worker=\"w\"} 31.0",
            "millrace_generation_tokens_total{worker=\"w\"} 17.0",
            "millrace_worker_step_age_seconds{worker=\"w\"} 1.5");
  }

  private static final class IdleEngine implements GenerationEngine {
    @Override
    public EngineStatus status() {
      EngineStatus.Cache cache = new EngineStatus.Cache(100, 90, 40, 7);
      EngineStatus.Step step = new EngineStatus.Step(12, Duration.ofMillis(1500));
      EngineStatus.Tokens tokens = new EngineStatus.Tokens(31, 17);
      return new EngineStatus(3, 2, 0.5, "cpu", 10, 20, null, cache, tokens, step);
    }

    @Override
    public void submit(
        GenerationRequest request, int attempt, PriorOutput prior, Consumer<Reply> replies) {}

    @Override
    public void cancel(String id, String why) {}

    @Override
    public void close() {}
  }
}
