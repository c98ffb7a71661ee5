package io.millrace.bench.golden;

import java.util.List;

/** The summary of all golden cases of a checkpoint. */
record GoldenSummary(
    int cases,
    int passedCases,
    int equalTokens,
    int tokens,
    double logprobDifference,
    double logitDifference) {

  static GoldenSummary of(List<GoldenResult> results) {
    return new GoldenSummary(
        results.size(),
        (int) results.stream().filter(GoldenResult::passed).count(),
        results.stream().mapToInt(GoldenResult::equalTokens).sum(),
        results.stream().mapToInt(GoldenResult::tokens).sum(),
        results.stream().mapToDouble(GoldenResult::logprobDifference).max().orElse(0),
        results.stream().mapToDouble(GoldenResult::logitDifference).max().orElse(0));
  }

  boolean passed() {
    return passedCases == cases;
  }

  @Override
  public String toString() {
    return "total    %d of %d cases ok  tokens %d/%d equal  top5 differ by %.2e  logits_first8 by %.2e"
        .formatted(passedCases, cases, equalTokens, tokens, logprobDifference, logitDifference);
  }
}
