package io.millrace.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The plan of one step: the tokens that it computes. Slices of a single token come first.
 *
 * @param slices at most one a sequence
 */
public record StepPlan(List<Slice> slices) {

  /**
   * Consecutive tokens of a sequence that a step computes.
   *
   * @param from position of the first one; all before it are computed
   * @param count at least one
   * @param reachesEnd whether the last token that was known when the step was planned is among
   *     them, so that the next one is sampled
   * @param copy the copy to make before; null for none. It may be done again when a step is
   *     retried: until the step is completed no sequence writes what it reads
   */
  public record Slice(
      Sequence sequence, int from, int count, boolean reachesEnd, @Nullable BlockCopy copy) {

    public Slice(Sequence sequence, int from, int count, boolean reachesEnd) {
      this(sequence, from, count, reachesEnd, null);
    }

    /** The next {@code count} tokens of a sequence. */
    static Slice next(Sequence sequence, int count) {
      int from = sequence.numComputedTokens();
      boolean reachesEnd = from + count == sequence.numTokens();
      return new Slice(sequence, from, count, reachesEnd, sequence.copy());
    }

    /** Position after the last one. */
    public int end() {
      return from + count;
    }
  }

  public StepPlan {
    List<Slice> ordered = new ArrayList<>(slices.size());
    slices.stream().filter(slice -> slice.count() == 1).forEach(ordered::add);
    slices.stream().filter(slice -> slice.count() != 1).forEach(ordered::add);
    slices = List.copyOf(ordered);
  }

  public boolean isEmpty() {
    return slices.isEmpty();
  }

  /** The copies to make in the cache before anything is computed, as if all at once. */
  public List<BlockCopy> copies() {
    return slices.stream().map(Slice::copy).filter(Objects::nonNull).toList();
  }

  /** The sequences for which a token is sampled, in the order of the samples. */
  public List<Sequence> sampled() {
    return slices.stream().filter(Slice::reachesEnd).map(Slice::sequence).toList();
  }

  /** One more than the highest block of any sequence that takes part. */
  public int numBlocksInUse() {
    int highest = -1;
    for (Slice slice : slices) {
      for (int i = 0; i < slice.sequence().numBlocks(); i++) {
        highest = Math.max(highest, slice.sequence().block(i));
      }
    }
    return highest + 1;
  }

  /** The rows that are sampled, of all slices' tokens in their order, and others after them. */
  public int[] wantedRows(List<Integer> others) {
    IntStream.Builder rows = IntStream.builder();
    int end = 0;
    for (Slice slice : slices) {
      end += slice.count();
      if (slice.reachesEnd()) {
        rows.add(end - 1);
      }
    }
    others.forEach(rows::add);
    return rows.build().toArray();
  }

  public int numTokens() {
    return slices.stream().mapToInt(Slice::count).sum();
  }
}
