package io.millrace.worker.sampling;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows of one step laid out in columns, as the program that samples wants them. Row numbers are
 * those of the logits. Rows are grouped by what is done to them, so that no row pays for, or is
 * changed by, what another one asked for.
 *
 * @param penalties one entry for each row and token whose logit is changed by having occurred
 * @param forbidden one entry for each row and token that may not come
 * @param plain rows drawn from all tokens
 * @param filtered rows drawn from some tokens
 */
public record SamplingBatch(
    int numRows, Penalties penalties, Forbidden forbidden, Drawn plain, Drawn filtered) {

  /** Columns of equal length, see {@link SamplingBatch#penalties}. */
  public record Penalties(
      long[] rows,
      long[] tokens,
      float[] counts,
      float[] repetition,
      float[] presence,
      float[] frequency) {}

  /** Columns of equal length, see {@link SamplingBatch#forbidden}. */
  public record Forbidden(long[] rows, long[] tokens) {}

  /**
   * Columns of equal length.
   *
   * @param topK 0 for all
   * @param draws uniform in [0, 1)
   */
  public record Drawn(
      long[] rows, float[] temperature, long[] topK, float[] topP, float[] minP, double[] draws) {

    private static Drawn of(List<SamplingRow> all, List<Integer> chosen) {
      int n = chosen.size();
      Drawn drawn =
          new Drawn(
              new long[n], new float[n], new long[n], new float[n], new float[n], new double[n]);
      for (int i = 0; i < n; i++) {
        SamplingRow row = all.get(chosen.get(i));
        Sampling sampling = row.sampling();
        drawn.rows[i] = chosen.get(i);
        drawn.temperature[i] = (float) sampling.temperature();
        drawn.topK[i] = sampling.topK();
        drawn.topP[i] = (float) sampling.topP();
        drawn.minP[i] = (float) sampling.minP();
        drawn.draws[i] = Draws.uniform(sampling.seed(), row.position());
      }
      return drawn;
    }

    /** The longest list of candidates that any row needs, or 0 if some row needs all tokens. */
    public long candidates() {
      long longest = 0;
      for (long k : topK) {
        if (k == 0) {
          return 0;
        }
        longest = Math.max(longest, k);
      }
      return longest;
    }
  }

  /** Lays rows out; the first row belongs to the first row of logits. */
  public static SamplingBatch of(List<SamplingRow> rows) {
    List<Integer> plain = new ArrayList<>();
    List<Integer> filtered = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Sampling sampling = rows.get(i).sampling();
      if (!sampling.isGreedy()) {
        (sampling.isFiltered() ? filtered : plain).add(i);
      }
    }
    return new SamplingBatch(
        rows.size(),
        penalties(rows),
        forbidden(rows),
        Drawn.of(rows, plain),
        Drawn.of(rows, filtered));
  }

  private static Penalties penalties(List<SamplingRow> rows) {
    int n = rows.stream().mapToInt(row -> row.counts() == null ? 0 : row.counts().size()).sum();
    Penalties all =
        new Penalties(
            new long[n], new long[n], new float[n], new float[n], new float[n], new float[n]);
    int[] at = {0};
    for (int i = 0; i < rows.size(); i++) {
      int row = i;
      TokenCounts counts = rows.get(i).counts();
      Sampling sampling = rows.get(i).sampling();
      if (counts != null) {
        counts.forEach(
            (token, count) -> {
              int entry = at[0]++;
              all.rows[entry] = row;
              all.tokens[entry] = token;
              all.counts[entry] = count;
              all.repetition[entry] = (float) sampling.repetitionPenalty();
              all.presence[entry] = (float) sampling.presencePenalty();
              all.frequency[entry] = (float) sampling.frequencyPenalty();
            });
      }
    }
    return all;
  }

  private static Forbidden forbidden(List<SamplingRow> rows) {
    int n = rows.stream().mapToInt(row -> row.forbidden().size()).sum();
    Forbidden all = new Forbidden(new long[n], new long[n]);
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      for (int token : rows.get(i).forbidden()) {
        all.rows[at] = i;
        all.tokens[at++] = token;
      }
    }
    return all;
  }
}
