package io.millrace.engine.decoder;

import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The input of a step, the same for every decoder: a row for each token, spans one after the other,
 * those of a single token first.
 *
 * @param spans at most one a sequence
 * @param tokens [rows] ids
 * @param wanted rows whose logits are wanted, in the order in which they are wanted
 */
public record StepInput(List<Span> spans, int[] tokens, int[] wanted) {

  /**
   * The input of a planned step.
   *
   * @param blockSize tokens a block of the KV cache
   * @param wanted rows, in the plan's order
   */
  public static StepInput of(StepPlan plan, int blockSize, int[] wanted) {
    List<Span> spans = new ArrayList<>(plan.slices().size());
    int[] tokens = new int[plan.numTokens()];
    int row = 0;
    for (Slice slice : plan.slices()) {
      spans.add(new Span(slice.from(), slice.count(), table(slice, blockSize)));
      for (int position = slice.from(); position < slice.end(); position++) {
        tokens[row++] = slice.token(position);
      }
    }
    return new StepInput(spans, tokens, wanted);
  }

  /** The input of a planned step of which the logits of all rows are wanted. */
  public static StepInput ofAllRows(StepPlan plan, int blockSize) {
    return of(plan, blockSize, IntStream.range(0, plan.numTokens()).toArray());
  }

  public int numRows() {
    return tokens.length;
  }

  /** Whether every sequence computes a single token. */
  public boolean isDecode() {
    return spans.size() == tokens.length;
  }

  /** Whether the logits of every row are wanted. */
  public boolean wantsAllRows() {
    return wanted.length == tokens.length;
  }

  /** Consecutive rows as a step of their own, of which the logits of all are wanted. */
  public StepInput rows(int begin, int end) {
    List<Span> within = new ArrayList<>();
    int row = 0;
    for (Span span : spans) {
      int from = Math.max(begin, row);
      int to = Math.min(end, row + span.count());
      if (from < to) {
        within.add(new Span(span.from() + from - row, to - from, span.table()));
      }
      row += span.count();
    }
    int[] all = IntStream.range(0, end - begin).toArray();
    return new StepInput(within, Arrays.copyOfRange(tokens, begin, end), all);
  }

  /** [rows] position of each token in its sequence. */
  public int[] positions() {
    int[] positions = new int[tokens.length];
    int row = 0;
    for (Span span : spans) {
      for (int i = 0; i < span.count(); i++) {
        positions[row++] = span.from() + i;
      }
    }
    return positions;
  }

  /** [rows] block table of each token's sequence. */
  public int[][] tables() {
    int[][] tables = new int[tokens.length][];
    int row = 0;
    for (Span span : spans) {
      for (int i = 0; i < span.count(); i++) {
        tables[row++] = span.table();
      }
    }
    return tables;
  }

  private static int[] table(Slice slice, int blockSize) {
    int[] table = new int[(slice.end() - 1) / blockSize + 1];
    for (int i = 0; i < table.length; i++) {
      table[i] = slice.sequence().block(i);
    }
    return table;
  }
}
