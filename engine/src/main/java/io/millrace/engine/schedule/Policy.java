package io.millrace.engine.schedule;

import org.jspecify.annotations.Nullable;

/**
 * The scheduling policy: what a step may hold.
 *
 * @param maxNumSequences sequences in a step
 * @param maxNumBatchedTokens tokens in a step; at least {@code maxNumSequences}, so that no
 *     sequence that lacks one token ever has to sit out
 * @param maxChunk tokens of one sequence in a step
 * @param prefillRatio null lets prompts and answers share steps; else a step is for prompts or for
 *     answers, and prompts get it if for each sequence that is being answered at least so many wait
 *     with a prompt
 */
public record Policy(
    int maxNumSequences, int maxNumBatchedTokens, int maxChunk, @Nullable Double prefillRatio) {
  /** Most steps for prompts in a row, so that answers go on however many short requests come. */
  private static final int MAX_PREFILLS_IN_A_ROW = 16;

  /** The sequences that take part in a step. */
  enum Phase {
    MIXED,
    PREFILL,
    DECODE;

    boolean takes(Sequence sequence) {
      return this == MIXED || sequence.isDecoding() == (this == DECODE);
    }

    boolean takesNewcomers() {
      return this != DECODE;
    }
  }

  public Policy {
    if (maxNumSequences < 1 || maxNumBatchedTokens < maxNumSequences) {
      throw new IllegalArgumentException(
          "%d sequences, %d tokens".formatted(maxNumSequences, maxNumBatchedTokens));
    }
    if (maxChunk < 1) {
      throw new IllegalArgumentException("maxChunk must be at least 1, but is " + maxChunk);
    }
    if (prefillRatio != null && !(prefillRatio > 0)) {
      throw new IllegalArgumentException("prefillRatio must be above 0, but is " + prefillRatio);
    }
  }

  /**
   * A policy by which prompts and answers share steps, and a prompt is cut only where the step is
   * full.
   */
  public static Policy mixed(int maxNumSequences, int maxNumBatchedTokens) {
    return new Policy(maxNumSequences, maxNumBatchedTokens, Integer.MAX_VALUE, null);
  }

  /** The same policy with prompts cut into chunks of at most so many tokens. */
  public Policy withMaxChunk(int tokens) {
    return new Policy(maxNumSequences, maxNumBatchedTokens, tokens, prefillRatio);
  }

  /**
   * The same policy with steps for prompts and steps for answers; null for steps that are shared.
   */
  public Policy withPrefillRatio(@Nullable Double ratio) {
    return new Policy(maxNumSequences, maxNumBatchedTokens, maxChunk, ratio);
  }

  /**
   * The phase of the next step.
   *
   * @param prefilling sequences with a prompt to compute, including as many waiting ones as there
   *     are free places
   * @param decoding sequences that lack one token of their answer
   * @param prefillsInARow steps for prompts since the last one for answers
   */
  Phase phase(int prefilling, int decoding, int prefillsInARow) {
    if (prefillRatio == null) {
      return Phase.MIXED;
    }
    if (decoding == 0) {
      return Phase.PREFILL;
    }
    boolean prefill =
        prefillsInARow < MAX_PREFILLS_IN_A_ROW && prefilling >= prefillRatio * decoding;
    return prefill ? Phase.PREFILL : Phase.DECODE;
  }
}
