package io.millrace.protocol;

import java.time.Instant;

/**
 * A worker's own word on how it is: a record of the workers topic, keyed by {@code worker}, renewed
 * every few seconds, deleted when it leaves.
 *
 * @param model the name it serves
 * @param slots how many requests it can hold at once
 * @param running how many it holds now
 * @param waiting how many of those wait for room in the cache
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param maxModelLen tokens of prompt and answer together
 * @param kvCacheUsage share of the KV cache in use, 0 to 1
 * @param at when this was true
 */
public record WorkerState(
    String worker,
    String model,
    int slots,
    int running,
    int waiting,
    String device,
    int maxInputLen,
    int maxOutputLen,
    double kvCacheUsage,
    Instant at) {}
