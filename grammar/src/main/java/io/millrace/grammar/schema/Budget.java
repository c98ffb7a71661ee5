package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarLimitException;
import java.time.Duration;

/** How much work a schema may still be: it is hostile until it is compiled. */
final class Budget {
  private final Duration time;
  private final long deadline;
  private final int mostAlternatives;
  private final int mostValues;

  Budget(Duration time, int mostAlternatives, int mostValues) {
    this.time = time;
    this.deadline = System.nanoTime() + time.toNanos();
    this.mostAlternatives = mostAlternatives;
    this.mostValues = mostValues;
  }

  /** Refuses what takes too long. */
  void checkTime() {
    if (System.nanoTime() - deadline > 0) {
      throw new GrammarLimitException("the schema", time.toMillis(), "ms to compile");
    }
  }

  void checkAlternatives(int count) {
    if (count > mostAlternatives) {
      throw new GrammarLimitException(
          "what the schema allows at one place", mostAlternatives, "alternatives");
    }
  }

  void checkValues(int count) {
    if (count > mostValues) {
      throw new GrammarLimitException("the schema", mostValues, "different kinds of values");
    }
  }
}
