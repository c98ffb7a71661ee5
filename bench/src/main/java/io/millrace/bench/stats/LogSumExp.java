package io.millrace.bench.stats;

/** The logarithm of a sum of exponentials: logits less this are log-probabilities. */
public final class LogSumExp {
  private LogSumExp() {}

  /** Of all logits of a row; their largest is taken out first, so that nothing overflows. */
  public static double of(float[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
  }
}
