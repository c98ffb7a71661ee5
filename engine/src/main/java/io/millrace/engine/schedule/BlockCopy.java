package io.millrace.engine.schedule;

/**
 * A copy of a cache block's content into another block, because the next token of a sequence
 * belongs into a block that it shares (copy on write).
 */
public record BlockCopy(int from, int to) {}
