package io.millrace.grammar.limit;

import io.millrace.grammar.error.GrammarLimitException;

/** How much work a schema may still be: it is hostile until it is compiled. */
public final class Budget {
  private final GrammarLimits limits;
  private final long deadline;

  /** Time runs from now on. */
  public Budget(GrammarLimits limits) {
    this.limits = limits;
    this.deadline = System.nanoTime() + limits.time().toNanos();
  }

  /** Refuses what takes too long. */
  public void checkTime() {
    if (System.nanoTime() - deadline > 0) {
      throw new GrammarLimitException("the schema", limits.time().toMillis(), "ms to compile");
    }
  }

  /** Refuses too many alternatives at one place. */
  public void checkAlternatives(int count) {
    if (count > limits.alternatives()) {
      throw new GrammarLimitException(
          "what the schema allows at one place", limits.alternatives(), "alternatives");
    }
  }

  /** Refuses too many kinds of values, or rules. */
  public void checkValues(int count) {
    if (count > limits.values()) {
      throw new GrammarLimitException("the schema", limits.values(), "different kinds of values");
    }
  }
}
