package io.millrace.worker.sampling;

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
    long seed) {

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
}
