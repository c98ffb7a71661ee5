package io.millrace.grammar.rule;

import io.millrace.grammar.regex.Regex;
import java.util.List;

/** The right side of a rule, or a part of it. */
sealed interface Expression {
  /** Text in a language of bytes. */
  record Terminal(Regex language) implements Expression {}

  /** Another rule, or the same. */
  record Name(String name) implements Expression {}

  /** One after the other; the empty text if there is none. */
  record Sequence(List<Expression> parts) implements Expression {}

  /** Any of these. */
  record Choice(List<Expression> branches) implements Expression {}

  /** Again and again; {@code high} may be unbounded, as in a term. */
  record Repeat(Expression part, int low, int high) implements Expression {}

  /** The parts one after the other; a single one is itself. */
  static Expression sequence(List<Expression> parts) {
    return parts.size() == 1 ? parts.get(0) : new Sequence(List.copyOf(parts));
  }

  /** Any of the branches; a single one is itself. */
  static Expression choice(List<Expression> branches) {
    return branches.size() == 1 ? branches.get(0) : new Choice(List.copyOf(branches));
  }

  /** The expressions that it is made of. */
  default List<Expression> parts() {
    if (this instanceof Sequence sequence) {
      return sequence.parts;
    }
    if (this instanceof Choice choice) {
      return choice.branches;
    }
    return this instanceof Repeat repeat ? List.of(repeat.part) : List.of();
  }
}
