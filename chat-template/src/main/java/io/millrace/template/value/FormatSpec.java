package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Python's format specification mini-language: {@code [[fill]align][sign][#][0][width][,][.n]type}.
 */
final class FormatSpec {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?([a-zA-Z%])?",
          Pattern.DOTALL);
  private static final int DEFAULT_PRECISION = 6;
  private static final int MAX_PRECISION = 100_000;

  private final Object value;
  private final String spec;
  private final Budget budget;
  private final @Nullable String fill;
  private final @Nullable String align;
  private final String sign;
  private final boolean alternate;
  private final boolean zero;
  private final int width;
  private final @Nullable String grouping;
  private final int precision;
  private final char type;

  private FormatSpec(Object value, String spec, Budget budget) {
    Matcher matcher = SYNTAX.matcher(spec);
    if (!matcher.matches()) {
      throw new TemplateException("Invalid format specifier '" + spec + "'");
    }
    this.value = value;
    this.spec = spec;
    this.budget = budget;
    this.fill = matcher.group(1);
    this.align = matcher.group(2);
    this.sign = matcher.group(3) == null ? "-" : matcher.group(3);
    this.alternate = matcher.group(4) != null;
    this.zero = matcher.group(5) != null;
    this.width = matcher.group(6) == null ? 0 : Integer.parseInt(matcher.group(6));
    this.grouping = matcher.group(7);
    this.precision = matcher.group(8) == null ? -1 : Integer.parseInt(matcher.group(8));
    this.type = matcher.group(9) == null ? 0 : matcher.group(9).charAt(0);
    budget.checkLength(width);
  }

  /** {@code format(value, spec)}. */
  static String format(Object value, String spec, Budget budget) {
    if (spec.isEmpty()) {
      return Text.str(value, budget);
    }
    FormatSpec format = new FormatSpec(value, spec, budget);
    if (Strings.isString(value)) {
      return format.string(Strings.content(value));
    } else if (Numbers.isInteger(value)) {
      return "eEfFgG%".indexOf(format.type) >= 0 && format.type != 0
          ? format.real(Numbers.real(value))
          : format.integer(Numbers.big(value));
    } else if (value instanceof Double real) {
      return format.real(real);
    }
    throw new TemplateException(
        "unsupported format string passed to " + Types.name(value) + ".__format__");
  }

  private String string(String text) {
    if (type != 0 && type != 's') {
      throw unknownType();
    }
    if ("=".equals(align)) {
      throw new TemplateException("'=' alignment not allowed in string format specifier");
    }
    boolean cut = precision >= 0 && precision < CodePoints.length(text);
    String shown = cut ? text.substring(0, CodePoints.offset(text, precision)) : text;
    return pad("", shown, "<");
  }

  private String integer(BigInteger number) {
    if (precision >= 0) {
      throw new TemplateException("Precision not allowed in integer format specifier");
    }
    if (type == 'c') {
      return pad("", Character.toString(number.intValue()), "<");
    }
    int radix =
        switch (type) {
          case 'b' -> 2;
          case 'o' -> 8;
          case 'x', 'X' -> 16;
          case 0, 'd', 'n' -> 10;
          default -> throw unknownType();
        };
    Text.repr(Numbers.integer(number), budget);
    String prefix = alternate && radix != 10 ? "0" + type : "";
    String digits = number.abs().toString(radix);
    String grouped = group(digits, radix == 10 ? 3 : 4, "");
    return pad(
        sign(number.signum() < 0) + prefix, type == 'X' ? Strings.upper(grouped) : grouped, ">");
  }

  private String real(double number) {
    if (type != 0 && "eEfFgGn%".indexOf(type) < 0) {
      throw unknownType();
    }
    if (precision > MAX_PRECISION) {
      throw new TemplateException("precision too big: " + precision);
    }
    String text = unsigned(Math.abs(number));
    boolean negative = RealText.isNegative(number);
    int end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return pad(sign(negative), group(text.substring(0, end), 3, text.substring(end)), ">");
  }

  private String unsigned(double number) {
    if (type == 0 && precision < 0) {
      return FloatText.repr(number);
    }
    if (type == 0) {
      String text = RealText.of(number, 'g', precision, alternate);
      boolean whole = text.chars().allMatch(Character::isDigit);
      return whole ? text + ".0" : text;
    }
    char conversion = type == 'n' ? 'g' : type;
    return RealText.of(
        number, conversion, precision < 0 ? DEFAULT_PRECISION : precision, alternate);
  }

  private String sign(boolean negative) {
    return negative ? "-" : sign.equals("-") ? "" : sign;
  }

  private String group(String digits, int size, String rest) {
    if (grouping == null) {
      return digits + rest;
    }
    StringBuilder grouped = new StringBuilder(digits);
    for (int i = digits.length() - size; i > 0; i -= size) {
      grouped.insert(i, grouping);
    }
    return grouped + rest;
  }

  private String pad(String prefix, String text, String naturalAlign) {
    String how = align != null ? align : zero ? "=" : naturalAlign;
    String with = fill != null ? fill : zero && align == null ? "0" : zero ? "0" : " ";
    int missing = Math.max(0, width - CodePoints.length(prefix) - CodePoints.length(text));
    int left = how.equals("<") ? 0 : how.equals("^") ? missing / 2 : missing;
    if (how.equals("=")) {
      return prefix + with.repeat(missing) + text;
    }
    return with.repeat(left) + prefix + text + with.repeat(missing - left);
  }

  private TemplateException unknownType() {
    return new TemplateException(
        "Unknown format code '%s' for object of type '%s' in '%s'"
            .formatted(type, Types.name(value), spec));
  }
}
