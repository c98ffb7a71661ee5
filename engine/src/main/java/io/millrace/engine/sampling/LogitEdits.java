package io.millrace.engine.sampling;

import io.millrace.protocol.SamplingParams;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The edits of single logits of one step's rows, in the order of transformers' logits processors:
 * penalties, forbidden tokens, allowed tokens, forced tokens, biases. Most steps have none.
 *
 * @param penalties one entry for each row and token whose logit is changed by having occurred
 * @param forbidden one entry for each row and token that may not come
 * @param allowed one entry for each row and token that may come in a row where few may
 * @param forced one entry for each row and token that may come in a row where no other may
 * @param biases one entry for each row and token whose logit something is added to
 */
public record LogitEdits(
    Penalties penalties, Tokens forbidden, Tokens allowed, Tokens forced, Biases biases) {

  /** The columns of {@link LogitEdits#penalties}, of equal length. */
  public record Penalties(
      long[] rows,
      long[] tokens,
      float[] counts,
      float[] repetition,
      float[] presence,
      float[] frequency) {}

  /** The columns of rows and tokens, of equal length. */
  public record Tokens(long[] rows, long[] tokens) {}

  /** The columns of {@link LogitEdits#biases}, of equal length. */
  public record Biases(long[] rows, long[] tokens, float[] values) {}

  /** Whether there are no edits. */
  public boolean isEmpty() {
    return penalties.rows.length
            + forbidden.rows.length
            + allowed.rows.length
            + forced.rows.length
            + biases.rows.length
        == 0;
  }

  /** The columns by the names that the program has for them. */
  Map<String, Object> columns() {
    return Map.ofEntries(
        Map.entry("penalty_rows", penalties.rows),
        Map.entry("penalty_tokens", penalties.tokens),
        Map.entry("counts", penalties.counts),
        Map.entry("repetition", penalties.repetition),
        Map.entry("presence", penalties.presence),
        Map.entry("frequency", penalties.frequency),
        Map.entry("forbidden_rows", forbidden.rows),
        Map.entry("forbidden_tokens", forbidden.tokens),
        Map.entry("allowed_rows", allowed.rows),
        Map.entry("allowed_tokens", allowed.tokens),
        Map.entry("forced_rows", forced.rows),
        Map.entry("forced_tokens", forced.tokens),
        Map.entry("bias_rows", biases.rows),
        Map.entry("bias_tokens", biases.tokens),
        Map.entry("bias", biases.values));
  }

  static LogitEdits of(List<SamplingRow> rows) {
    return new LogitEdits(
        penalties(rows),
        tokens(rows, SamplingRow::forbidden),
        tokens(rows, SamplingRow::allowed),
        tokens(rows, SamplingRow::forced),
        biases(rows));
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
              all.repetition[entry] = sampling.get(SamplingParams::repetitionPenalty).floatValue();
              all.presence[entry] = sampling.get(SamplingParams::presencePenalty).floatValue();
              all.frequency[entry] = sampling.get(SamplingParams::frequencyPenalty).floatValue();
            });
      }
    }
    return all;
  }

  private static Tokens tokens(
      List<SamplingRow> rows, Function<SamplingRow, Collection<Integer>> of) {
    int n = rows.stream().mapToInt(row -> of.apply(row).size()).sum();
    Tokens all = new Tokens(new long[n], new long[n]);
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      for (int token : of.apply(rows.get(i))) {
        all.rows[at] = i;
        all.tokens[at++] = token;
      }
    }
    return all;
  }

  private static Biases biases(List<SamplingRow> rows) {
    int n = rows.stream().mapToInt(row -> bias(row).size()).sum();
    Biases all = new Biases(new long[n], new long[n], new float[n]);
    int at = 0;
    for (int i = 0; i < rows.size(); i++) {
      for (Map.Entry<Integer, Double> entry : bias(rows.get(i)).entrySet()) {
        all.rows[at] = i;
        all.tokens[at] = entry.getKey();
        all.values[at++] = entry.getValue().floatValue();
      }
    }
    return all;
  }

  private static Map<Integer, Double> bias(SamplingRow row) {
    return row.sampling().rules().logitBias();
  }
}
