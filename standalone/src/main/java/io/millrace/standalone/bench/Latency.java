package io.millrace.standalone.bench;

/**
 * The time of one exchange, each way.
 *
 * @param in nanoseconds from the asker to whoever answers
 * @param out nanoseconds from there to the asker
 */
record Latency(long in, long out) {}
