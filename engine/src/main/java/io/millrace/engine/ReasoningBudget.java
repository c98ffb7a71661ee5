package io.millrace.engine;

import java.util.List;

/**
 * How long one answer may reason: after so many tokens those of the end follow, whatever the model
 * would say.
 */
final class ReasoningBudget {
  private final int most;
  private final List<Integer> end;
  private int spent;
  private int numForced;

  /**
   * @param most tokens of reasoning
   * @param end the tokens that end it
   */
  ReasoningBudget(int most, List<Integer> end) {
    this.most = most;
    this.end = List.copyOf(end);
  }

  /**
   * Takes the next token of an answer.
   *
   * @param reasoning whether the answer was within its reasoning before it
   */
  void add(int token, boolean reasoning) {
    if (!reasoning) {
      return;
    }
    if (isSpent() && end.get(numForced) == token) {
      numForced++;
    }
    spent++;
  }

  /**
   * The tokens of which one must come next; empty for any.
   *
   * @param reasoning whether the answer is within its reasoning
   */
  List<Integer> forced(boolean reasoning) {
    return reasoning && isSpent() ? List.of(end.get(numForced)) : List.of();
  }

  private boolean isSpent() {
    return spent >= most && numForced < end.size();
  }
}
