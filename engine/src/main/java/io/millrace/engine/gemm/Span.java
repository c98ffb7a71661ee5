package io.millrace.engine.gemm;

/**
 * Consecutive tokens of one sequence that are computed together.
 *
 * @param from position of the first one
 * @param table blocks of the sequence, those of these tokens included
 */
public record Span(int from, int count, int[] table) {}
