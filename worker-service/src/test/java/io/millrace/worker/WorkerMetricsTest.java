package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.engine.AnswerListener;
import io.millrace.engine.EngineListener;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.RequestTimes;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import java.time.Duration;
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
            "millrace_prefix_cache_queries_total{worker=\"w\"} 90.0",
            "millrace_prefix_cache_hits_total{worker=\"w\"} 40.0",
            "millrace_num_preemptions_total{worker=\"w\"} 7.0",
            "millrace_prompt_tokens_total{worker=\"w\"} 31.0",
            "millrace_generation_tokens_total{worker=\"w\"} 17.0",
            "millrace_spec_decode_num_drafts_total{worker=\"w\"} 4.0",
            "millrace_spec_decode_num_draft_tokens_total{worker=\"w\"} 20.0",
            "millrace_spec_decode_num_accepted_tokens_total{worker=\"w\"} 13.0",
            "millrace_worker_step_age_seconds{worker=\"w\"} 1.5");
  }

  @Test
  void watch_countsWhatTheEngineTells() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    IdleEngine engine = new IdleEngine();
    WorkerMetrics.watch(engine, registry, Tags.of("worker", "w"));
    engine.listener.stepped(96);
    engine.listener.stepped(4);
    engine.listener.answered(
        new RequestTimes(Duration.ofMillis(3), Duration.ofMillis(20), Duration.ofMillis(100), 5));
    engine.listener.grammarCompiled(Duration.ofMillis(7));
    engine.listener.grammarFound();
    engine.listener.maskFound(Duration.ofNanos(40_000));
    assertThat(registry.scrape())
        .contains(
            "millrace_iteration_tokens_count{worker=\"w\"} 2",
            "millrace_iteration_tokens_sum{worker=\"w\"} 100.0",
            "millrace_iteration_tokens_bucket{worker=\"w\",le=\"5.0\"} 1",
            "millrace_worker_request_queue_time_seconds_sum{worker=\"w\"} 0.003",
            "millrace_request_prefill_time_seconds_sum{worker=\"w\"} 0.02",
            "millrace_request_decode_time_seconds_sum{worker=\"w\"} 0.1",
            "millrace_request_inference_time_seconds_sum{worker=\"w\"} 0.12",
            "millrace_request_time_per_output_token_seconds_sum{worker=\"w\"} 0.025",
            "millrace_grammar_compile_time_seconds_sum{worker=\"w\"} 0.007",
            "millrace_grammar_mask_time_seconds_sum{worker=\"w\"} 4.0E-5",
            "millrace_grammar_cache_queries_total{worker=\"w\"} 2.0",
            "millrace_grammar_cache_hits_total{worker=\"w\"} 1.0");
  }

  private static final class IdleEngine implements GenerationEngine {
    private EngineListener listener = EngineListener.NONE;

    @Override
    public void watch(EngineListener watcher) {
      listener = watcher;
    }

    @Override
    public EngineStatus status() {
      EngineStatus.Cache cache = new EngineStatus.Cache(100, 90, 40, 7);
      EngineStatus.Step step = new EngineStatus.Step(12, Duration.ofMillis(1500));
      EngineStatus.Tokens tokens = new EngineStatus.Tokens(31, 17);
      EngineStatus.Drafts drafts = new EngineStatus.Drafts(4, 20, 13);
      return new EngineStatus(3, 2, 0.5, "cpu", 10, 20, null, cache, tokens, drafts, step);
    }

    @Override
    public void submit(
        GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies) {}

    @Override
    public void cancel(String id, String why) {}

    @Override
    public void close() {}
  }
}
