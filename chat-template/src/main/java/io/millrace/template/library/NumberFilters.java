package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.None;
import io.millrace.template.value.NumberParser;
import io.millrace.template.value.Numbers;
import io.millrace.template.value.Operators;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Types;
import io.millrace.template.value.Undefined;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Filters that take numbers or make them. */
final class NumberFilters {
  private static final int DECIMAL = 10;

  private NumberFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("abs", (value, a, budget) -> absolute(value, a));
    filters.put("int", NumberFilters::integer);
    filters.put("float", NumberFilters::real);
    filters.put("round", NumberFilters::round);
    filters.put("filesizeformat", NumberFilters::fileSize);
  }

  private static Object absolute(Object value, Arguments arguments) {
    arguments.bind("abs");
    return Operators.absolute(value);
  }

  private static Object integer(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("int", "default?", "base?");
    Object otherwise = bound.get(0, 0L);
    Undefined.require(value);
    if (Strings.isString(value)) {
      String text = Strings.content(value);
      Object parsed = NumberParser.integer(text, bound.integer(1, DECIMAL));
      Double real = parsed == null ? NumberParser.real(text) : null;
      if (real != null && !real.isNaN() && !real.isInfinite()) {
        return Numbers.integer(real);
      }
      return Objects.requireNonNullElse(parsed, otherwise);
    } else if (value instanceof Double real) {
      return real.isNaN() ? otherwise : Numbers.integer(real);
    }
    return Numbers.isInteger(value) ? Numbers.integer(Numbers.big(value)) : otherwise;
  }

  private static Object real(Object value, Arguments arguments, Budget budget) {
    Object otherwise = arguments.bind("float", "default?").get(0, 0.0);
    Undefined.require(value);
    if (Strings.isString(value)) {
      return Objects.requireNonNullElse(
          (Object) NumberParser.real(Strings.content(value)), otherwise);
    }
    return Numbers.isNumber(value) ? Numbers.real(value) : otherwise;
  }

  private static Object round(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("round", "precision?", "method?");
    String method = bound.has(1) ? bound.string(1) : "common";
    if (!Numbers.isNumber(Undefined.require(value))) {
      throw new TemplateException("type " + Types.name(value) + " doesn't define __round__ method");
    }
    int precision = bound.integer(0, 0);
    return switch (method) {
      case "common" -> Numbers.round(value, precision);
      case "ceil" -> scaled(value, precision, true, budget);
      case "floor" -> scaled(value, precision, false, budget);
      default -> throw new TemplateException("method must be common, ceil or floor");
    };
  }

  private static Object scaled(Object value, int precision, boolean up, Budget budget) {
    Object scale = Operators.power(10L, (long) precision, budget);
    Object product = Operators.multiply(value, scale, budget);
    Object whole =
        product instanceof Double real
            ? Numbers.integer(up ? Math.ceil(real) : Math.floor(real))
            : product;
    return Operators.divide(whole, scale);
  }

  private static Object fileSize(Object value, Arguments arguments, Budget budget) {
    boolean binary = arguments.bind("filesizeformat", "binary?").truth(0, false);
    if (!(real(value, Arguments.of(None.NONE), budget) instanceof Double bytes)) {
      throw new TemplateException("could not convert " + Types.name(value) + " to float");
    }
    int base = binary ? 1024 : 1000;
    if (bytes == 1) {
      return "1 Byte";
    } else if (bytes < base) {
      return bytes.longValue() + " Bytes";
    }
    String prefixes = binary ? "KMGTPEZY" : "kMGTPEZY";
    double unit = base;
    int i = 0;
    while (i + 1 < prefixes.length() && bytes >= unit * base) {
      unit *= base;
      i++;
    }
    return String.format(
        Locale.ROOT, "%.1f %s%s", bytes / unit, prefixes.charAt(i), binary ? "iB" : "B");
  }
}
