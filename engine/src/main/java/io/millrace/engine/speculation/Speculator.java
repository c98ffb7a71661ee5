package io.millrace.engine.speculation;

import java.util.List;

/** A speculator of one sequence: guesses what its next tokens are, and learns what they were. */
public interface Speculator {

  /** How many tokens it knows, the prompt's included. */
  int numTokens();

  /** Takes the next token of the answer. */
  void add(int token);

  /**
   * The tokens that are worth to be tried next; none if there are none.
   *
   * @param most as many at most
   * @param sequences how many share the step
   */
  List<Integer> propose(int most, int sequences);

  /**
   * Takes the result of a proposal.
   *
   * @param proposed tokens that were computed
   * @param accepted how many of them were right
   */
  void settle(int proposed, int accepted);
}
