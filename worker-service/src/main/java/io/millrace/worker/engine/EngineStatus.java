package io.millrace.worker.engine;

import org.jspecify.annotations.Nullable;

/**
 * The engine's figures at one moment.
 *
 * @param running sequences in the batch
 * @param waiting sequences without room in the batch or in the KV cache yet
 * @param kvCacheUsage share of the cache's blocks in use, 0 to 1
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param maxInputLen tokens a prompt may have
 * @param maxOutputLen tokens an answer may have
 * @param failure why the engine no longer works; null while it does
 */
public record EngineStatus(
    int running,
    int waiting,
    double kvCacheUsage,
    String device,
    int maxInputLen,
    int maxOutputLen,
    @Nullable String failure) {}
