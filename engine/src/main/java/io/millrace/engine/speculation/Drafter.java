package io.millrace.engine.speculation;

import io.millrace.engine.schedule.Sequence;
import java.util.List;

/**
 * A drafter: proposes the next tokens of all sequences of a step, and learns which were right.
 * Belongs to the engine's thread.
 */
public interface Drafter extends AutoCloseable {

  /** Nothing is to be proposed while more sequences than so many share a step. */
  int disableByBatchSize();

  /**
   * Proposes tokens.
   *
   * @param sharing how many sequences share the step
   * @return for each candidate, in their order; none where there are none worth to be tried
   */
  List<List<Integer>> propose(List<Candidate> candidates, int sharing);

  /**
   * Takes the result of a proposal, after the sequence has its new tokens; does nothing for a
   * sequence that was forgotten.
   *
   * @param proposed tokens that were computed
   * @param accepted how many of them were right
   */
  void settle(Sequence sequence, int proposed, int accepted);

  /** Forgets a sequence; does nothing for one that is not known. */
  void forget(Sequence sequence);

  @Override
  default void close() {}
}
