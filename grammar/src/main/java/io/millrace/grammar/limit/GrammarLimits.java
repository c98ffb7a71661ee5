package io.millrace.grammar.limit;

import java.time.Duration;

/**
 * How large a grammar may be: who asks may be hostile.
 *
 * @param characters of its source
 * @param depth how deep its source may be nested
 * @param states of all automata together, while it is compiled and later
 * @param alternatives that may be open at one place
 * @param values different kinds of values of a schema, or rules
 * @param time to compile it
 */
public record GrammarLimits(
    int characters, int depth, int states, int alternatives, int values, Duration time) {
  /** What a server may allow anybody. */
  public static final GrammarLimits DEFAULT =
      new GrammarLimits(1 << 20, 200, 400_000, 2_000, 20_000, Duration.ofSeconds(5));
}
