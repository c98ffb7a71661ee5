package io.millrace.template.tree;

import io.millrace.template.limit.Budget;

/** The text that statements have written. */
public final class Output {
  private final StringBuilder text = new StringBuilder();
  private final Budget budget;

  public Output(Budget budget) {
    this.budget = budget;
  }

  public void append(String more) {
    budget.produce(more.length());
    text.append(more);
    budget.checkLength(text.length());
  }

  public int length() {
    return text.length();
  }

  /** What was written since it had that length. */
  public String since(int length) {
    return text.substring(length);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
