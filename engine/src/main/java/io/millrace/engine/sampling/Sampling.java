package io.millrace.engine.sampling;

import io.millrace.protocol.TokenRules;

/**
 * How one sequence's tokens are chosen, with nothing left open.
 *
 * @param temperature 0 for the likeliest token
 * @param topK 0 for all
 */
public record Sampling(
    double temperature,
    double topP,
    int topK,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
    long seed,
    TokenRules rules) {

  /** Whether the likeliest token is taken. */
  public boolean isGreedy() {
    return temperature == 0 || topK == 1;
  }

  /** Whether only some of the tokens may be drawn. */
  public boolean isFiltered() {
    return topK > 0 || topP < 1 || minP > 0;
  }

  /** Whether tokens that occurred count less. */
  public boolean isPenalized() {
    return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0;
  }

  /** The same for another answer to the prompt, see {@link Draws#seedOf(long, int)}. */
  public Sampling forAnswer(int index) {
    return new Sampling(
        temperature,
        topP,
        topK,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        Draws.seedOf(seed, index),
        rules);
  }
}
