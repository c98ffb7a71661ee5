package io.millrace.bench.golden;

import org.jspecify.annotations.Nullable;

/**
 * The result of one golden case.
 *
 * @param promptDifference how the prompt's ids differ from the reference's; null if they do not
 * @param equalTokens how many greedy tokens agree before the first that does not
 * @param tokens how many greedy tokens the reference has
 * @param logprobDifference largest difference of the likeliest tokens' log-probabilities
 * @param logitDifference largest difference of the first logits
 * @param closeCall whether the reference itself was so undecided that rounding may decide
 */
record GoldenResult(
    @Nullable String promptDifference,
    int equalTokens,
    int tokens,
    double logprobDifference,
    double logitDifference,
    boolean closeCall) {
  static final double TOLERANCE = 1e-3;

  boolean tokensEqual() {
    return equalTokens == tokens;
  }

  boolean passed() {
    return promptDifference == null
        && (tokensEqual() || closeCall)
        && logprobDifference <= TOLERANCE
        && logitDifference <= TOLERANCE;
  }

  @Override
  public String toString() {
    return "%s  tokens %d/%d equal  top5 differ by %.2e  logits_first8 by %.2e%s%s"
        .formatted(
            passed() ? "ok  " : "FAIL",
            equalTokens,
            tokens,
            logprobDifference,
            logitDifference,
            tokensEqual() || !closeCall ? "" : "  (the reference's margin is below 1e-3)",
            promptDifference == null ? "" : "  " + promptDifference);
  }
}
