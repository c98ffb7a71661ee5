package io.millrace.worker;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import org.jspecify.annotations.Nullable;

/**
 * The engine's figures under the names that vLLM gives them; with {@code worker} in front where the
 * api counts the same thing over all workers, so that no sum counts a request twice.
 */
final class WorkerMetrics {
  private WorkerMetrics() {}

  static void watch(GenerationEngine engine, MeterRegistry meters, Tags tags) {
    Gauge.builder("millrace.worker.num.requests.running", engine, it -> it.status().running())
        .description("Requests in the batch")
        .tags(tags)
        .register(meters);
    Gauge.builder("millrace.worker.num.requests.waiting", engine, it -> it.status().waiting())
        .description("Requests that wait for room in the batch or in the KV cache")
        .tags(tags)
        .register(meters);
    Gauge.builder("millrace.kv.cache.usage.perc", engine, it -> it.status().kvCacheUsage())
        .description("Share of the KV cache in use, 0 to 1")
        .tags(tags)
        .register(meters);
    Gauge.builder("millrace.worker.kv.cache.blocks", engine, it -> it.status().cache().numBlocks())
        .description("Blocks of the KV cache, in use or not")
        .tags(tags)
        .register(meters);
    Gauge.builder("millrace.worker.step.age", engine, it -> stepSeconds(it.status().step()))
        .description("How long the engine's running step has taken, 0 between steps")
        .baseUnit("seconds")
        .tags(tags)
        .register(meters);
    count(engine, meters, tags);
    countDrafts(engine, meters, tags);
    engine.watch(new EngineMetrics(meters, tags));
  }

  private static double stepSeconds(EngineStatus.@Nullable Step step) {
    return step == null ? 0 : step.age().toMillis() / 1000.0;
  }

  private static void count(GenerationEngine engine, MeterRegistry meters, Tags tags) {
    FunctionCounter.builder("millrace.prompt.tokens", engine, it -> it.status().tokens().prompt())
        .description("Tokens of prompts, once these are computed, whoever asked")
        .tags(tags)
        .register(meters);
    FunctionCounter.builder(
            "millrace.generation.tokens", engine, it -> it.status().tokens().generation())
        .description("Tokens of answers as they are made, cancelled ones included")
        .tags(tags)
        .register(meters);
    FunctionCounter.builder(
            "millrace.prefix.cache.queries", engine, it -> it.status().cache().prefixCacheQueries())
        .description("Prompt tokens that were looked for in the prefix cache")
        .tags(tags)
        .register(meters);
    FunctionCounter.builder(
            "millrace.prefix.cache.hits", engine, it -> it.status().cache().prefixCacheHits())
        .description("Prompt tokens that were found in the prefix cache, and not computed again")
        .tags(tags)
        .register(meters);
    FunctionCounter.builder(
            "millrace.num.preemptions", engine, it -> it.status().cache().numPreemptions())
        .description("How often a sequence lost its blocks to others and was computed again")
        .tags(tags)
        .register(meters);
  }

  private static void countDrafts(GenerationEngine engine, MeterRegistry meters, Tags tags) {
    FunctionCounter.builder(
            "millrace.spec.decode.num.drafts", engine, it -> it.status().drafts().count())
        .description("Steps of a sequence in which tokens were proposed by speculation")
        .tags(tags)
        .register(meters);
    FunctionCounter.builder(
            "millrace.spec.decode.num.draft.tokens", engine, it -> it.status().drafts().tokens())
        .description("Tokens that were proposed, and computed")
        .tags(tags)
        .register(meters);
    FunctionCounter.builder(
            "millrace.spec.decode.num.accepted.tokens",
            engine,
            it -> it.status().drafts().accepted())
        .description("Proposed tokens that were right")
        .tags(tags)
        .register(meters);
  }
}
