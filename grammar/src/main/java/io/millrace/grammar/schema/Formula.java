package io.millrace.grammar.schema;

import io.millrace.grammar.regex.Regex;
import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A condition on a JSON value. Formulas are compared by identity: {@link Formulas} makes equal ones
 * once.
 */
abstract sealed class Formula {
  /** How it is written in an alternative. */
  private Formula() {}

  /** Always or never so. */
  static final class Constant extends Formula {
    static final Constant TRUE = new Constant();
    static final Constant FALSE = new Constant();
  }

  /** All of these. */
  static final class And extends Formula {
    final List<Formula> parts;

    And(List<Formula> parts) {
      this.parts = parts;
    }
  }

  /** Any of these. */
  static final class Or extends Formula {
    final List<Formula> parts;

    Or(List<Formula> parts) {
      this.parts = parts;
    }
  }

  /** Exactly one of these. */
  static final class OneOf extends Formula {
    final List<Formula> parts;

    OneOf(List<Formula> parts) {
      this.parts = parts;
    }
  }

  /** Not so. */
  static final class Not extends Formula {
    final Formula inner;

    Not(Formula inner) {
      this.inner = inner;
    }
  }

  /** What stands elsewhere in the document; known when all is read. */
  static final class Reference extends Formula {
    final String pointer;
    Formula target = Constant.TRUE;

    Reference(String pointer) {
      this.pointer = pointer;
    }
  }

  /** The value is of a type. */
  static final class OfType extends Formula {
    final JsonType type;

    OfType(JsonType type) {
      this.type = type;
    }
  }

  /** The value is this one: null, a boolean, a number or a string. */
  static final class Literal extends Formula {
    final JsonNode value;

    Literal(JsonNode value) {
      this.value = value;
    }
  }

  /** A condition on values of one type; all others satisfy it. */
  abstract static sealed class Atom extends Formula {
    final JsonType type;

    private Atom(JsonType type) {
      this.type = type;
    }
  }

  /** A number is whole. */
  static final class Whole extends Atom {
    Whole() {
      super(JsonType.NUMBER);
    }
  }

  /** A number is on one side of a bound. */
  static final class Bound extends Atom {
    final BigDecimal value;
    final boolean lower;
    final boolean exclusive;

    Bound(BigDecimal value, boolean lower, boolean exclusive) {
      super(JsonType.NUMBER);
      this.value = value;
      this.lower = lower;
      this.exclusive = exclusive;
    }
  }

  /** A number is a multiple of one greater than zero. */
  static final class MultipleOf extends Atom {
    final BigDecimal divisor;

    MultipleOf(BigDecimal divisor) {
      super(JsonType.NUMBER);
      this.divisor = divisor;
    }
  }

  /** What stands between the quotes of a string is in a language. */
  static final class Text extends Atom {
    final Regex inside;

    Text(Regex inside) {
      super(JsonType.STRING);
      this.inside = inside;
    }
  }

  /** All members of an object with such keys have such values. */
  static final class Members extends Atom {
    final Keys keys;
    final Formula value;

    Members(Keys keys, Formula value) {
      super(JsonType.OBJECT);
      this.keys = keys;
      this.value = value;
    }
  }

  /** An object has so many members, or more. */
  static final class MinMembers extends Atom {
    final int count;

    MinMembers(int count) {
      super(JsonType.OBJECT);
      this.count = count;
    }
  }

  /** All items of an array from one index on and before another are so. */
  static final class Items extends Atom {
    final int from;
    final int to;
    final Formula value;

    Items(int from, int to, Formula value) {
      super(JsonType.ARRAY);
      this.from = from;
      this.to = to;
      this.value = value;
    }
  }

  /** An array has so many items, or more. */
  static final class MinItems extends Atom {
    final int count;

    MinItems(int count) {
      super(JsonType.ARRAY);
      this.count = count;
    }
  }

  /** So many items of an array, or more, are so. */
  static final class Contains extends Atom {
    final Formula value;
    final int count;

    Contains(Formula value, int count) {
      super(JsonType.ARRAY);
      this.value = value;
      this.count = count;
    }
  }
}
