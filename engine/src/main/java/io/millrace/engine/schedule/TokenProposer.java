package io.millrace.engine.schedule;

import java.util.List;

/** A proposer of tokens that may follow sequences, to be computed at once and checked. */
@FunctionalInterface
public interface TokenProposer {

  /** Proposes nothing. */
  TokenProposer NONE = (sequences, most, sharing) -> sequences.stream().map(it -> none()).toList();

  /**
   * Proposes the next tokens of sequences that lack one token each.
   *
   * @param most tokens of each at most; of the last ones fewer may be taken
   * @param sharing how many sequences share the step
   * @return for each sequence, in their order
   */
  List<List<Integer>> propose(List<Sequence> sequences, int most, int sharing);

  private static List<Integer> none() {
    return List.of();
  }
}
