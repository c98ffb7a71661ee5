package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic operators for all types, with Python's type errors. */
public final class Operators {
  private Operators() {}

  public static Object add(Object left, Object right, Budget budget) {
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Arithmetic.add(left, right);
    } else if (left instanceof String a && right instanceof String b) {
      budget.produce((long) a.length() + b.length());
      return a.concat(b);
    }
    requireDefined(left, right);
    if (Strings.isString(left) && Strings.isString(right)) {
      Markup a = Markup.escape(left, Strings.content(left));
      Markup b = Markup.escape(right, Strings.content(right));
      budget.produce((long) a.content().length() + b.content().length());
      return new Markup(a.content() + b.content());
    } else if (left instanceof List && right instanceof List) {
      return joined(Sequences.asList(left), Sequences.asList(right), budget);
    } else if (left instanceof Tuple a && right instanceof Tuple b) {
      return Tuple.copyOf(joined(a.items(), b.items(), budget));
    } else if (left instanceof String || left instanceof List || left instanceof Tuple) {
      throw new TemplateException(
          "can only concatenate %s (not \"%s\") to %s"
              .formatted(Types.name(left), Types.name(right), Types.name(left)));
    }
    throw unsupported("+", left, right);
  }

  private static List<Object> joined(List<Object> left, List<Object> right, Budget budget) {
    budget.produce((long) left.size() + right.size());
    List<Object> joined = new ArrayList<>(left.size() + right.size());
    joined.addAll(left);
    joined.addAll(right);
    return joined;
  }

  public static Object subtract(Object left, Object right) {
    checkNumbers("-", left, right);
    return Arithmetic.subtract(left, right);
  }

  public static Object multiply(Object left, Object right, Budget budget) {
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Arithmetic.multiply(left, right, budget);
    }
    requireDefined(left, right);
    if (isSequence(left)) {
      return repeat(left, right, budget);
    } else if (isSequence(right)) {
      return repeat(right, left, budget);
    }
    throw unsupported("*", left, right);
  }

  private static boolean isSequence(Object value) {
    return Strings.isString(value) || value instanceof List || value instanceof Tuple;
  }

  private static Object repeat(Object sequence, Object times, Budget budget) {
    if (!Numbers.isInteger(times)) {
      throw new TemplateException(
          "can't multiply sequence by non-int of type '" + Types.name(times) + "'");
    }
    int count = Math.max(0, Numbers.index(times));
    if (Strings.isString(sequence)) {
      String text = Strings.content(sequence);
      budget.produce((long) text.length() * count);
      return Strings.like(sequence, text.isEmpty() ? "" : text.repeat(count));
    }
    List<Object> items =
        sequence instanceof Tuple tuple ? tuple.items() : Sequences.asList(sequence);
    budget.produce((long) items.size() * count);
    List<Object> repeated = new ArrayList<>(items.size() * count);
    for (int i = 0; i < count && !items.isEmpty(); i++) {
      repeated.addAll(items);
    }
    return sequence instanceof Tuple ? Tuple.copyOf(repeated) : repeated;
  }

  public static Object divide(Object left, Object right) {
    checkNumbers("/", left, right);
    return Arithmetic.divide(left, right);
  }

  public static Object floorDivide(Object left, Object right) {
    checkNumbers("//", left, right);
    return Arithmetic.floorDivide(left, right);
  }

  public static Object modulo(Object left, Object right, Budget budget) {
    if (Strings.isString(left)) {
      return PercentFormat.format(left, right, budget);
    }
    checkNumbers("%", left, right);
    return Arithmetic.modulo(left, right);
  }

  public static Object power(Object base, Object exponent, Budget budget) {
    checkNumbers("** or pow()", base, exponent);
    return Arithmetic.power(base, exponent, budget);
  }

  public static Object negate(Object value) {
    checkNumber("-", value);
    return value instanceof Double real
        ? (Object) (-real)
        : Numbers.integer(Numbers.big(value).negate());
  }

  public static Object plus(Object value) {
    checkNumber("+", value);
    return value instanceof Double ? value : Numbers.integer(Numbers.big(value));
  }

  public static Object absolute(Object value) {
    if (!Numbers.isNumber(Undefined.require(value))) {
      throw new TemplateException("bad operand type for abs(): '" + Types.name(value) + "'");
    }
    if (value instanceof Double real) {
      return Math.abs(real);
    }
    BigInteger integer = Numbers.big(value);
    return Numbers.integer(integer.abs());
  }

  private static void checkNumbers(String operator, Object left, Object right) {
    if (!Numbers.isNumber(left) || !Numbers.isNumber(right)) {
      requireDefined(left, right);
      throw unsupported(operator, left, right);
    }
  }

  private static void checkNumber(String operator, Object value) {
    if (!Numbers.isNumber(Undefined.require(value))) {
      throw new TemplateException(
          "bad operand type for unary %s: '%s'".formatted(operator, Types.name(value)));
    }
  }

  private static void requireDefined(Object left, Object right) {
    Undefined.require(left);
    Undefined.require(right);
  }

  private static TemplateException unsupported(String operator, Object left, Object right) {
    return new TemplateException(
        "unsupported operand type(s) for %s: '%s' and '%s'"
            .formatted(operator, Types.name(left), Types.name(right)));
  }
}
