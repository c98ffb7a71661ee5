package io.millrace.template.library;

import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Callable;
import io.millrace.template.value.Comparison;
import io.millrace.template.value.Dict;
import io.millrace.template.value.Markup;
import io.millrace.template.value.None;
import io.millrace.template.value.Numbers;
import io.millrace.template.value.Operators;
import io.millrace.template.value.Range;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.StringCase;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Text;
import io.millrace.template.value.Tuple;
import io.millrace.template.value.Undefined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All tests by name (jinja2.tests). */
public final class Tests {
  private static final Map<String, Test> TESTS = new HashMap<>();

  static {
    unary("defined", value -> !(value instanceof Undefined));
    unary("undefined", value -> value instanceof Undefined);
    unary("none", value -> value == None.NONE);
    unary("boolean", value -> value instanceof Boolean);
    unary("true", value -> Boolean.TRUE.equals(value));
    unary("false", value -> Boolean.FALSE.equals(value));
    unary("integer", value -> Numbers.isInteger(value) && !(value instanceof Boolean));
    unary("float", value -> value instanceof Double);
    unary("number", Numbers::isNumber);
    unary("string", Strings::isString);
    unary("mapping", value -> value instanceof Dict);
    unary("sequence", Tests::isSequence);
    unary("iterable", Sequences::isIterable);
    unary("callable", value -> value instanceof Callable || value instanceof Undefined);
    unary("escaped", value -> value instanceof Markup);
    arithmetic("odd", 1);
    arithmetic("even", 0);
    register("divisibleby", Tests::isDivisible);
    textual("lower", StringCase::isLower);
    textual("upper", StringCase::isUpper);
    registry("test", name -> named(name) != null);
    registry("filter", name -> Filters.named(name) != null);
    register("sameas", (value, arguments, budget) -> isSame(value, other(arguments)));
    register(
        "in", (value, arguments, budget) -> Comparison.contains(other(arguments), value, budget));
    equality(true, "==", "eq", "equalto");
    equality(false, "!=", "ne");
    order(">", ">", "gt", "greaterthan");
    order(">=", ">=", "ge");
    order("<", "<", "lt", "lessthan");
    order("<=", "<=", "le");
  }

  private Tests() {}

  /** The test of that name, or null. */
  public static @Nullable Test named(String name) {
    return TESTS.get(name);
  }

  private static void register(String name, Test test) {
    TESTS.put(name, test);
  }

  private static void unary(String name, Predicate<Object> predicate) {
    register(
        name,
        (value, arguments, budget) -> {
          arguments.bind(name);
          return predicate.test(value);
        });
  }

  private static void textual(String name, Predicate<String> predicate) {
    register(
        name,
        (value, arguments, budget) -> {
          arguments.bind(name);
          return predicate.test(Text.str(value, budget));
        });
  }

  private static void registry(String name, Predicate<String> holds) {
    register(
        name,
        (value, arguments, budget) -> {
          arguments.bind(name);
          return Dict.canonical(value, budget) instanceof String known && holds.test(known);
        });
  }

  private static void arithmetic(String name, long rest) {
    register(
        name,
        (value, arguments, budget) -> {
          arguments.bind(name);
          return Comparison.equal(Operators.modulo(value, 2L, budget), rest, budget);
        });
  }

  private static void equality(boolean expected, String... names) {
    for (String name : names) {
      register(
          name,
          (value, arguments, budget) ->
              Comparison.equal(value, other(arguments), budget) == expected);
    }
  }

  private static void order(String operator, String... names) {
    for (String name : names) {
      register(
          name,
          (value, arguments, budget) ->
              Comparison.ordered(value, operator, other(arguments), budget));
    }
  }

  private static Object other(Arguments arguments) {
    return arguments.bind("test", "other").get(0);
  }

  private static boolean isDivisible(Object value, Arguments arguments, Budget budget) {
    Object rest = Operators.modulo(value, arguments.bind("divisibleby", "num").get(0), budget);
    return Comparison.equal(rest, 0L, budget);
  }

  private static boolean isSequence(Object value) {
    return Strings.isString(value)
        || value instanceof List
        || value instanceof Dict
        || value instanceof Tuple
        || value instanceof Range
        || value instanceof Undefined;
  }

  private static boolean isSame(Object value, Object other) {
    boolean plain = Numbers.isNumber(value) || Strings.isString(value);
    return value == other || (plain && value.getClass() == other.getClass() && value.equals(other));
  }
}
