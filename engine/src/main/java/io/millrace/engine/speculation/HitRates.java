package io.millrace.engine.speculation;

/**
 * The rates at which the token that is looked up comes indeed, by how many tokens are alike before
 * it: the longer the run, the likelier it goes on. Each token of a sequence is a trial, whether it
 * was proposed or not, so to learn what proposals are worth costs no computation.
 */
final class HitRates {
  /** What is assumed before there are trials, which weighs as much as so many of them. */
  private static final double PRIOR_TRIALS = 2;

  /** How much an older trial counts at each new one: texts change from part to part. */
  private static final double DECAY = 0.9;

  /** Runs longer than this are as good as this one. */
  private static final int LONGEST = 16;

  private final double[] trials = new double[LONGEST + 1];
  private final double[] hits = new double[LONGEST + 1];

  /** Takes what came where so many tokens were alike. */
  void add(int length, boolean hit) {
    int place = Math.min(length, LONGEST);
    trials[place] = trials[place] * DECAY + 1;
    hits[place] = hits[place] * DECAY + (hit ? 1 : 0);
  }

  /** The rate where so many tokens are alike, between 0 and 1. */
  double at(int length) {
    int place = Math.min(length, LONGEST);
    return (hits[place] + PRIOR_TRIALS * prior(length)) / (trials[place] + PRIOR_TRIALS);
  }

  /** Half of what stood before after two tokens, three quarters after six. */
  private static double prior(int length) {
    return length / (length + 2.0);
  }
}
