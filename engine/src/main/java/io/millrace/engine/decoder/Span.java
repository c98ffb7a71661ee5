package io.millrace.engine.decoder;

/**
 * Consecutive tokens of one sequence that a step computes together.
 *
 * @param from position of the first one in its sequence
 * @param count at least one
 * @param table block table: the sequence's blocks of the KV cache, up to the last of these tokens
 */
public record Span(int from, int count, int[] table) {

  /** Position after the last one. */
  public int end() {
    return from + count;
  }
}
