package io.millrace.engine.schedule;

/**
 * The content of a cache block goes into another one, because the next token of a sequence belongs
 * into a block that it shares.
 */
public record BlockCopy(int from, int to) {}
