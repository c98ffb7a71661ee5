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
   * @param proposed the last of the tokens, which are guessed to follow those that are known
   */
  public record Slice(
      Sequence sequence,
      int from,
      int count,
      boolean reachesEnd,
      @Nullable BlockCopy copy,
      List<Integer> proposed) {

    public Slice {
      proposed = List.copyOf(proposed);
    }

    public Slice(Sequence sequence, int from, int count, boolean reachesEnd) {
      this(sequence, from, count, reachesEnd, null, List.of());
    }

    /** The next {@code count} tokens of a sequence. */
    static Slice next(Sequence sequence, int count) {
      int from = sequence.numComputedTokens();
      boolean reachesEnd = from + count == sequence.numTokens();
      return new Slice(sequence, from, count, reachesEnd, sequence.copy(), List.of());
    }

    /** The same with tokens that are guessed to follow. */
    Slice with(List<Integer> guessed) {
      return new Slice(sequence, from, count + guessed.size(), reachesEnd, copy, guessed);
    }

    /** How many of the tokens are known. */
    public int numKnown() {
      return count - proposed.size();
    }

    /** How many of the last rows' logits are wanted: one and one for each proposed token. */
    public int numWanted() {
      return reachesEnd ? 1 + proposed.size() : 0;
    }

    /** The token at a position of the sequence that this slice computes. */
    public int token(int position) {
      int known = from + numKnown();
      return position < known ? sequence.token(position) : proposed.get(position - known);
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

  /** How many rows' logits are wanted to sample from. */
  public int numWanted() {
    return slices.stream().mapToInt(Slice::numWanted).sum();
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
      for (int row = end - slice.numWanted(); row < end; row++) {
        rows.add(row);
      }
    }
    others.forEach(rows::add);
    return rows.build().toArray();
  }

  public int numTokens() {
    return slices.stream().mapToInt(Slice::count).sum();
  }
}
