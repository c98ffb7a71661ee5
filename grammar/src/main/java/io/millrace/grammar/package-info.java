/**
 * Constrained answers: a {@link io.millrace.grammar.Grammar} is compiled once from a JSON Schema, a
 * regular expression, a list of choices or rules, and a {@link io.millrace.grammar.GrammarMatcher}
 * says at each step of one answer which tokens may come.
 */
@NullMarked
package io.millrace.grammar;

import org.jspecify.annotations.NullMarked;
