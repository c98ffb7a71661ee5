package io.millrace.engine.sampling;

import io.millrace.protocol.SamplingParams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The sampling rows of one step, laid out in columns as the program that samples wants them. Rows
 * are grouped by what is done to them, so that no row pays for, or is changed by, what another one
 * asked for.
 *
 * @param sources for each row its row of logits; empty when they are the same
 * @param edits of single logits, which come before anything else
 * @param masked rows in which some tokens may not come, whatever is asked besides
 * @param plain rows drawn from all tokens
 * @param filtered rows drawn from some tokens
 * @param scored rows whose {@link TokenScores} are wanted
 */
public record SamplingBatch(
    int numRows,
    long[] sources,
    LogitEdits edits,
    MaskedRows masked,
    Drawn plain,
    Drawn filtered,
    Scored scored) {

  /**
   * The columns of rows whose tokens are drawn, of equal length.
   *
   * @param temperature above 0, a normal number
   * @param topK 0 for all
   * @param draws uniform in [0, 1)
   */
  public record Drawn(
      long[] rows, float[] temperature, long[] topK, float[] topP, float[] minP, double[] draws) {

    /** Nearly every nucleus is smaller than this; a larger one is found in further rounds. */
    private static final long NUCLEUS = 256;

    private static Drawn of(List<SamplingRow> all, List<Integer> chosen) {
      int n = chosen.size();
      Drawn drawn =
          new Drawn(
              new long[n], new float[n], new long[n], new float[n], new float[n], new double[n]);
      for (int i = 0; i < n; i++) {
        SamplingRow row = all.get(chosen.get(i));
        Sampling sampling = row.sampling();
        drawn.rows[i] = chosen.get(i);
        drawn.temperature[i] = temperature(sampling);
        drawn.topK[i] = Math.max(0, sampling.get(SamplingParams::topK));
        drawn.topP[i] = sampling.get(SamplingParams::topP).floatValue();
        drawn.minP[i] = sampling.get(SamplingParams::minP).floatValue();
        long seed = sampling.get(SamplingParams::seed);
        drawn.draws[i] = CounterBasedRandom.uniform(seed, row.position());
      }
      return drawn;
    }

    /**
     * Never 0, by which nothing can be divided, and no subnormal number, which some kernels take
     * for 0: at the least temperature all that is no tie with the best is impossible already.
     */
    private static float temperature(Sampling sampling) {
      return Math.max(Float.MIN_NORMAL, sampling.get(SamplingParams::temperature).floatValue());
    }

    /** The columns by the names that the program has for them; empty if there is no row. */
    public Map<String, Object> columns() {
      return rows.length == 0
          ? Map.of()
          : Map.of(
              "rows", rows,
              "temperature", temperature,
              "top_k", topK,
              "top_p", topP,
              "min_p", minP,
              "draws", draws);
    }

    /**
     * Number of the likeliest tokens that are looked at first: more than any row may keep by its
     * top-k, so that what is left out is told apart from what is kept.
     */
    public long candidates() {
      long most = 0;
      for (long k : topK) {
        most = Math.max(most, k == 0 ? NUCLEUS : k + 1);
      }
      return most;
    }
  }

  /**
   * The columns of rows whose scores are wanted, of equal length.
   *
   * @param rows of the batch
   * @param sources their rows of logits
   * @param alternatives how many of the likeliest tokens are reported, the most that any row wants
   */
  public record Scored(long[] rows, long[] sources, int alternatives) {
    private static Scored of(List<SamplingRow> all, long[] sources) {
      long[] rows =
          IntStream.range(0, all.size()).filter(i -> all.get(i).scored()).asLongStream().toArray();
      long[] from = rows.clone();
      for (int i = 0; i < from.length && sources.length > 0; i++) {
        from[i] = sources[(int) rows[i]];
      }
      return new Scored(
          rows, from, all.stream().mapToInt(SamplingRow::alternatives).max().orElse(0));
    }
  }

  /**
   * The columns of sources, edits and masks by the names that the program has for them; empty if
   * there are none. Waits for the masks.
   */
  public Map<String, Object> editColumns() {
    if (edits.isEmpty() && masked.isEmpty() && sources.length == 0) {
      return Map.of();
    }
    Map<String, Object> columns = new HashMap<>(edits.columns());
    columns.put("masked_rows", masked.rows());
    columns.put("masked", masked.forbidden());
    columns.put("sources", sources);
    return columns;
  }

  /** The values of this batch's rows, of those of all rows of logits. */
  public int[] of(int[] values) {
    return sources.length == 0
        ? values
        : LongStream.of(sources).mapToInt(source -> values[(int) source]).toArray();
  }

  /** The same rows, when the logits of each are given in their order. */
  public SamplingBatch withOwnLogits() {
    Scored own = new Scored(scored.rows, scored.rows, scored.alternatives);
    return new SamplingBatch(numRows, new long[0], edits, masked, plain, filtered, own);
  }

  /** Whether every row just takes its likeliest token. */
  public boolean isGreedy() {
    return edits.isEmpty()
        && masked.isEmpty()
        && plain.rows.length == 0
        && filtered.rows.length == 0
        && scored.rows.length == 0;
  }

  /** Lays rows out; the first row belongs to the first row of logits. */
  public static SamplingBatch of(List<SamplingRow> rows) {
    return of(rows, new long[0]);
  }

  /**
   * Lays rows out of which several may be drawn from the same logits.
   *
   * @param sources for each row its row of logits
   */
  public static SamplingBatch of(List<SamplingRow> rows, long[] sources) {
    List<Integer> plain = new ArrayList<>();
    List<Integer> filtered = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Sampling sampling = rows.get(i).sampling();
      if (!sampling.isGreedy()) {
        (isFiltered(sampling) ? filtered : plain).add(i);
      }
    }
    return new SamplingBatch(
        rows.size(),
        sources,
        LogitEdits.of(rows),
        MaskedRows.of(rows),
        Drawn.of(rows, plain),
        Drawn.of(rows, filtered),
        Scored.of(rows, sources));
  }

  /** Whether only some of the tokens may be drawn. */
  static boolean isFiltered(Sampling sampling) {
    return sampling.get(SamplingParams::topK) > 0
        || sampling.get(SamplingParams::topP) < 1
        || sampling.get(SamplingParams::minP) > 0;
  }
}
