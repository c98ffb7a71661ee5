package io.millrace.bench.perplexity;

import io.millrace.bench.stats.LogSumExp;
import io.millrace.engine.model.LanguageModel;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/** The comparison of two models' distributions of the next token, over all positions of a text. */
public final class DistributionComparison {
  private final DoubleStream.Builder divergences = DoubleStream.builder();
  private int tokens;
  private int predictions;
  private int equalTop;
  private double referenceLoss;
  private double loss;

  private DistributionComparison() {}

  /**
   * Compares two models over the same windows.
   *
   * @param windows token ids, each with a context of its own
   */
  public static PerplexityReport of(
      LanguageModel reference, LanguageModel chosen, int[][] windows, int tokensAStep) {
    DistributionComparison comparison = new DistributionComparison();
    for (int[] window : windows) {
      comparison.read(
          new LogitStream(reference, window, tokensAStep),
          new LogitStream(chosen, window, tokensAStep),
          window);
    }
    return comparison.report();
  }

  private void read(LogitStream reference, LogitStream chosen, int[] window) {
    int position = 0;
    while (reference.hasNext()) {
      float[][] expected = reference.next();
      float[][] actual = chosen.next();
      for (int row = 0; row < expected.length; row++) {
        double[] p = logProbabilities(expected[row]);
        double[] q = logProbabilities(actual[row]);
        position++;
        compare(p, q);
        if (position < window.length) {
          predicted(p[window[position]], q[window[position]]);
        }
      }
    }
  }

  private void compare(double[] p, double[] q) {
    tokens++;
    double divergence = 0;
    for (int i = 0; i < p.length; i++) {
      divergence += Math.exp(p[i]) * (p[i] - q[i]);
    }
    divergences.add(divergence);
    equalTop += top(p) == top(q) ? 1 : 0;
  }

  private void predicted(double expected, double actual) {
    predictions++;
    referenceLoss -= expected;
    loss -= actual;
  }

  private PerplexityReport report() {
    double[] sorted = divergences.build().sorted().toArray();
    return new PerplexityReport(
        tokens,
        Math.exp(referenceLoss / predictions),
        Math.exp(loss / predictions),
        Arrays.stream(sorted).average().orElseThrow(),
        sorted[(int) Math.ceil(0.99 * sorted.length) - 1],
        (double) equalTop / tokens);
  }

  private static double[] logProbabilities(float[] logits) {
    double norm = LogSumExp.of(logits);
    double[] logProbabilities = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      logProbabilities[i] = logits[i] - norm;
    }
    return logProbabilities;
  }

  private static int top(double[] values) {
    int top = 0;
    for (int i = 1; i < values.length; i++) {
      top = values[i] > values[top] ? i : top;
    }
    return top;
  }
}
