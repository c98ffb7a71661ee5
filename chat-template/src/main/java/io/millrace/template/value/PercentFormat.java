package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code format % values}, Python's printf. */
public final class PercentFormat {
  private static final Pattern CONVERSION =
      Pattern.compile(
          "%(?:\\(([^)]*+)\\))?([-+ #0]*+)(\\*|\\d{1,9})?(?:\\.(\\*|\\d{0,9}))?[hlL]?(.)?",
          Pattern.DOTALL);
  private static final int MAX_PRECISION = 100_000;

  private final Object format;
  private final Object values;
  private final Budget budget;
  private final List<Object> sequence;
  private int next;

  private PercentFormat(Object format, Object values, Budget budget) {
    this.format = format;
    this.values = values;
    this.budget = budget;
    this.sequence = values instanceof Tuple tuple ? tuple.items() : List.of(values);
  }

  public static Object format(Object format, Object values, Budget budget) {
    return Strings.like(format, new PercentFormat(format, values, budget).fill());
  }

  private String fill() {
    String text = Strings.content(format);
    StringBuilder out = new StringBuilder();
    Matcher matcher = CONVERSION.matcher(text);
    int done = 0;
    while (matcher.find(done)) {
      out.append(text, done, matcher.start()).append(conversion(matcher));
      budget.checkLength(out.length());
      done = matcher.end();
    }
    if (next < sequence.size() && !isMapping()) {
      throw new TemplateException("not all arguments converted during string formatting");
    }
    budget.produce(out.length() + text.length() - done);
    return out.append(text, done, text.length()).toString();
  }

  /** What may have values left over, since its values are taken by name. */
  private boolean isMapping() {
    return values instanceof Dict
        || values instanceof List
        || values instanceof Range
        || values instanceof Undefined;
  }

  private String conversion(Matcher matcher) {
    String type = matcher.group(5);
    if (type == null) {
      throw new TemplateException("incomplete format");
    } else if (type.equals("%")) {
      return "%";
    }
    String flags = matcher.group(2);
    int width = size(matcher.group(3), 0);
    int precision = matcher.group(4) == null ? -1 : size(matcher.group(4), 0);
    budget.checkLength(width);
    Object value = matcher.group(1) == null ? nextValue() : named(matcher.group(1));
    String body = body(type.charAt(0), value, precision, flags);
    boolean numeric = "sracSRAC".indexOf(type) < 0;
    return pad(body, flags, width, numeric);
  }

  private int size(String given, int otherwise) {
    if (given == null || given.isEmpty()) {
      return otherwise;
    }
    return given.equals("*") ? Numbers.index(nextValue()) : Integer.parseInt(given);
  }

  private Object nextValue() {
    if (next >= sequence.size()) {
      throw new TemplateException("not enough arguments for format string");
    }
    return sequence.get(next++);
  }

  private Object named(String name) {
    if (!(values instanceof Dict dict)) {
      throw new TemplateException("format requires a mapping");
    }
    Object value = dict.get(name);
    if (value == null) {
      throw new TemplateException("'" + name + "'");
    }
    return value;
  }

  private String body(char type, Object value, int precision, String flags) {
    return switch (type) {
      case 's' -> cut(escaped(value, Text.str(value, budget)), precision);
      case 'r', 'a' -> cut(escaped(None.NONE, Text.repr(value, budget)), precision);
      case 'c' -> character(value);
      case 'd', 'i', 'u' -> integer(value, 10, precision, flags);
      case 'o' -> integer(value, 8, precision, flags);
      case 'x' -> integer(value, 16, precision, flags);
      case 'X' -> Strings.upper(integer(value, 16, precision, flags));
      case 'e', 'E', 'f', 'F', 'g', 'G' -> real(value, type, precision, flags);
      default -> throw new TemplateException("unsupported format character '" + type + "'");
    };
  }

  private String escaped(Object value, String text) {
    return format instanceof Markup ? Markup.escape(value, text).content() : text;
  }

  private static String cut(String text, int precision) {
    boolean longer = precision >= 0 && precision < CodePoints.length(text);
    return longer ? text.substring(0, CodePoints.offset(text, precision)) : text;
  }

  private static String character(Object value) {
    if (Strings.isString(value) && CodePoints.length(Strings.content(value)) == 1) {
      return Strings.content(value);
    } else if (Numbers.isInteger(value) && Character.isValidCodePoint(Numbers.index(value))) {
      return Character.toString(Numbers.index(value));
    }
    throw new TemplateException("%c requires int or char");
  }

  private String integer(Object value, int radix, int precision, String flags) {
    if (!Numbers.isNumber(Undefined.require(value)) || (radix != 10 && value instanceof Double)) {
      throw new TemplateException("a real number is required, not " + Types.name(value));
    }
    Object whole = value instanceof Double real ? Numbers.integer(real) : value;
    BigInteger number = Numbers.big(whole);
    Text.repr(whole instanceof Boolean ? None.NONE : whole, budget);
    String digits = number.abs().toString(radix);
    checkPrecision(precision);
    String padded = "0".repeat(Math.max(0, precision - digits.length())) + digits;
    String prefix = flags.indexOf('#') < 0 || radix == 10 ? "" : radix == 8 ? "0o" : "0x";
    return sign(number.signum() < 0, flags) + prefix + padded;
  }

  private static String real(Object value, char type, int precision, String flags) {
    if (!Numbers.isNumber(Undefined.require(value))) {
      throw new TemplateException("must be real number, not " + Types.name(value));
    }
    checkPrecision(precision);
    double number = Numbers.real(value);
    return sign(RealText.isNegative(number), flags)
        + RealText.of(
            Math.abs(number), type, precision < 0 ? 6 : precision, flags.indexOf('#') >= 0);
  }

  private static void checkPrecision(int precision) {
    if (precision > MAX_PRECISION) {
      throw new TemplateException("precision too big: " + precision);
    }
  }

  private static String sign(boolean negative, String flags) {
    return negative ? "-" : flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
  }

  private static String pad(String body, String flags, int width, boolean numeric) {
    boolean left = flags.indexOf('-') >= 0 || width < 0;
    int missing = Math.abs(width) - CodePoints.length(body);
    if (missing <= 0) {
      return body;
    } else if (left) {
      return body + " ".repeat(missing);
    } else if (numeric && flags.indexOf('0') >= 0) {
      int sign = !body.isEmpty() && "+- ".indexOf(body.charAt(0)) >= 0 ? 1 : 0;
      return body.substring(0, sign) + "0".repeat(missing) + body.substring(sign);
    }
    return " ".repeat(missing) + body;
  }
}
