package io.millrace.bench.stats;

import java.util.Arrays;
import java.util.Collection;

/** Mean, spread and percentiles of some numbers, as numpy computes them; 0 where there are none. */
public final class Summary {
  private static final double MEDIAN = 50;
  private static final double WHOLE = 100;

  private final double[] sorted;

  private Summary(double[] sorted) {
    this.sorted = sorted;
  }

  public static Summary of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Summary(sorted);
  }

  public static Summary of(Collection<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  public double mean() {
    return Arrays.stream(sorted).average().orElse(0);
  }

  public double median() {
    return percentile(MEDIAN);
  }

  /** The standard deviation of these numbers themselves, not of what they are a sample of. */
  public double deviation() {
    double mean = mean();
    return Math.sqrt(Arrays.stream(sorted).map(v -> (v - mean) * (v - mean)).average().orElse(0));
  }

  /**
   * The value that so many of a hundred do not exceed, on the line between the two nearest.
   *
   * @param percent 0 to 100
   */
  public double percentile(double percent) {
    if (sorted.length == 0) {
      return 0;
    }
    double rank = percent / WHOLE * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
