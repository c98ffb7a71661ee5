package io.millrace.worker;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.worker.engine.GenerationEngine;

/** The engine's figures under the names that vLLM gives them. */
final class WorkerMetrics {
  private WorkerMetrics() {}

  static void watch(GenerationEngine engine, MeterRegistry meters, Tags tags) {
    Gauge.builder("millrace.num_requests_running", engine, it -> it.status().running())
        .description("Requests in the batch")
        .tags(tags)
        .register(meters);
    Gauge.builder("millrace.num_requests_waiting", engine, it -> it.status().waiting())
        .description("Requests that wait for room in the batch or in the KV cache")
        .tags(tags)
        .register(meters);
    Gauge.builder("millrace.kv_cache_usage_perc", engine, it -> it.status().kvCacheUsage())
        .description("Share of the KV cache in use, 0 to 1")
        .tags(tags)
        .register(meters);
  }
}
