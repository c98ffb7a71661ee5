package io.millrace.engine.speculation;

import java.util.function.IntToDoubleFunction;

/**
 * The balance of what speculation has gained and lost of one sequence's time, in tokens: it says
 * how many tokens to propose, and limits what wrong proposals may cost.
 */
final class GainBalance {
  /** Tokens that may be lost before any is gained. */
  private static final double FIRST = 2;

  /** Tokens that may be lost for each one of the answer. */
  private static final double ALLOWANCE = 0.01;

  /** What was gained long ago is no reason to lose as much. */
  private static final double MOST = 8;

  private double tokens = FIRST;

  /** Takes new tokens of the answer, however they came. */
  void earn(int count) {
    add(count * ALLOWANCE);
  }

  /** Takes what was gained; less than 0 for a loss. */
  void add(double gained) {
    tokens = Math.min(MOST, tokens + gained);
  }

  /**
   * The number of tokens that gains most when proposed at once, of those that can be afforded; 0 if
   * none gains anything.
   *
   * @param most as many at most
   * @param rate of each token, from 1 on, to be right if those before it are
   * @param cost of so many tokens
   */
  int bestCount(int most, IntToDoubleFunction rate, IntToDoubleFunction cost) {
    int best = 0;
    double bestGain = 0;
    double likely = 1;
    double expected = 0;
    for (int count = 1; count <= most; count++) {
      likely *= rate.applyAsDouble(count);
      expected += likely;
      double lost = cost.applyAsDouble(count);
      if (lost > tokens) {
        break;
      }
      if (expected - lost > bestGain) {
        best = count;
        bestGain = expected - lost;
      }
    }
    return best;
  }
}
