package io.millrace.engine.schedule;

import java.util.List;

/** A proposer of tokens that may follow a sequence, to be computed at once and checked. */
@FunctionalInterface
public interface TokenProposer {

  /** Proposes nothing. */
  TokenProposer NONE = (sequence, most, sequences) -> List.of();

  /**
   * Proposes the next tokens of a sequence that lacks one token.
   *
   * @param most as many at most
   * @param sequences how many share the step
   */
  List<Integer> propose(Sequence sequence, int most, int sequences);
}
