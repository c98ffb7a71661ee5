package io.millrace.grammar.pattern;

import java.util.List;

/** A regular expression as it is written. */
sealed interface Pattern {
  /** One character. */
  record Chars(CodePoints set) implements Pattern {}

  /** One after the other. */
  record Sequence(List<Pattern> parts) implements Pattern {}

  /** Any of these. */
  record Choice(List<Pattern> branches) implements Pattern {}

  /** Again and again; {@code high} may be unbounded, as in a term. */
  record Repeat(Pattern part, int low, int high) implements Pattern {}

  /** What follows is so, or is not. */
  record Ahead(Pattern part, boolean positive) implements Pattern {}

  /** The beginning of the text. */
  record Start() implements Pattern {}

  /** The end of the text. */
  record End() implements Pattern {}

  /** Whether a condition on the place is inside, which depends on more than the part itself. */
  default boolean hasAssertion() {
    if (this instanceof Sequence sequence) {
      return sequence.parts.stream().anyMatch(Pattern::hasAssertion);
    }
    if (this instanceof Choice choice) {
      return choice.branches.stream().anyMatch(Pattern::hasAssertion);
    }
    if (this instanceof Repeat repeat) {
      return repeat.part.hasAssertion();
    }
    return !(this instanceof Chars);
  }

  /** Whether the beginning of the text is asked for inside. */
  default boolean hasStart() {
    if (this instanceof Sequence sequence) {
      return sequence.parts.stream().anyMatch(Pattern::hasStart);
    }
    if (this instanceof Choice choice) {
      return choice.branches.stream().anyMatch(Pattern::hasStart);
    }
    if (this instanceof Repeat repeat) {
      return repeat.part.hasStart();
    }
    if (this instanceof Ahead ahead) {
      return ahead.part.hasStart();
    }
    return this instanceof Start;
  }

  /** The fewest and the most characters, as far as it matters: none, perhaps none, or some. */
  default boolean canBeEmpty() {
    if (this instanceof Sequence sequence) {
      return sequence.parts.stream().allMatch(Pattern::canBeEmpty);
    }
    if (this instanceof Choice choice) {
      return choice.branches.stream().anyMatch(Pattern::canBeEmpty);
    }
    if (this instanceof Repeat repeat) {
      return repeat.low == 0 || repeat.part.canBeEmpty();
    }
    return !(this instanceof Chars);
  }

  /** Whether no character is read by any way through it. */
  default boolean isAlwaysEmpty() {
    if (this instanceof Sequence sequence) {
      return sequence.parts.stream().allMatch(Pattern::isAlwaysEmpty);
    }
    if (this instanceof Choice choice) {
      return choice.branches.stream().allMatch(Pattern::isAlwaysEmpty);
    }
    if (this instanceof Repeat repeat) {
      return repeat.high == 0 || repeat.part.isAlwaysEmpty();
    }
    return !(this instanceof Chars);
  }
}
