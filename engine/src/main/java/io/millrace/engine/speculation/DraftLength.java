package io.millrace.engine.speculation;

/**
 * The number of tokens that a draft model is to guess of one sequence: as many as gain most by how
 * often it was right of late. Where it was wrong too often it is asked again after a while, as
 * texts change.
 */
final class DraftLength {
  /** The rate that is assumed before there are trials, which weighs as much as so many of them. */
  private static final double PRIOR_RATE = 0.75;

  private static final double PRIOR_TRIALS = 2;

  /** How much an older trial counts at each new one. */
  private static final double DECAY = 0.95;

  /** How much it counts at each token that comes without one. */
  private static final double FORGETTING = 0.98;

  private final double relativeCost;
  private final GainBalance balance = new GainBalance();
  private double trials;
  private double hits;
  private int numTokens;
  private int sharing = 1;

  /**
   * @param relativeCost of a draft model's step, in steps of its target
   * @param numTokens of the sequence
   */
  DraftLength(double relativeCost, int numTokens) {
    this.relativeCost = relativeCost;
    this.numTokens = numTokens;
  }

  /** Takes how many tokens there are now. */
  void reach(int tokens) {
    int fresh = tokens - numTokens;
    numTokens = tokens;
    balance.earn(fresh);
    double left = Math.pow(FORGETTING, fresh);
    trials *= left;
    hits *= left;
  }

  /**
   * The number of tokens to guess.
   *
   * @param sequences how many share the step
   */
  int best(int most, int sequences) {
    sharing = sequences;
    double rate = (hits + PRIOR_TRIALS * PRIOR_RATE) / (trials + PRIOR_TRIALS);
    return balance.bestCount(
        most, count -> rate, count -> RowCost.of(count, sequences) + relativeCost * count);
  }

  /** Takes the cost of tokens that were guessed, whether or not they are computed then. */
  void guessed(int count) {
    balance.add(-relativeCost * count);
  }

  /** Takes the result of tokens that were computed. */
  void settle(int proposed, int accepted) {
    balance.add(accepted - RowCost.of(proposed, sharing));
    for (int i = 0; i < Math.min(proposed, accepted + 1); i++) {
      trials = trials * DECAY + 1;
      hits = hits * DECAY + (i < accepted ? 1 : 0);
    }
  }
}
