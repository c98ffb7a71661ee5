package io.millrace.grammar;

import io.millrace.grammar.limit.GrammarLimits;
import java.time.Duration;

/** The limits of tests: those of a server, but for time, which a busy machine has less of. */
final class TestLimits {
  static final GrammarLimits PATIENT = patient(GrammarLimits.DEFAULT);

  private TestLimits() {}

  private static GrammarLimits patient(GrammarLimits like) {
    return new GrammarLimits(
        like.characters(),
        like.depth(),
        like.states(),
        like.alternatives(),
        like.values(),
        Duration.ofMinutes(1));
  }
}
