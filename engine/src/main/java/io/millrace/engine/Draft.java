package io.millrace.engine;

import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan.Slice;

/** The proposed tokens of one answer in a step, and how many of them were right so far. */
final class Draft {
  private final Slice slice;
  private final int firstSource;
  private int accepted;

  /**
   * @param slice with tokens that are proposed
   * @param firstSource row of logits that gives the first of them
   */
  Draft(Slice slice, int firstSource) {
    this.slice = slice;
    this.firstSource = firstSource;
  }

  Sequence sequence() {
    return slice.sequence();
  }

  /** The row of logits behind the token that was accepted last. */
  int source() {
    return firstSource + accepted;
  }

  /** How many tokens were proposed. */
  int size() {
    return slice.proposed().size();
  }

  int numAccepted() {
    return accepted;
  }

  /** Accepts the sequence's last token, if that is new and the next that was proposed. */
  boolean accept() {
    Sequence sequence = slice.sequence();
    int last = sequence.numTokens() - 1;
    int next = last - slice.from() - slice.numKnown();
    boolean right =
        next == accepted && next < size() && sequence.token(last) == slice.proposed().get(next);
    accepted += right ? 1 : 0;
    return right;
  }
}
