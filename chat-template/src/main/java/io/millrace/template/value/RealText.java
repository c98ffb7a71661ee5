package io.millrace.template.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Floats with a given number of digits: the conversions {@code f}, {@code e} and {@code g}. */
final class RealText {
  private RealText() {}

  /** One of the types {@code e f g %} in either case, without sign handling. */
  static String of(double value, char type, int precision, boolean alternate) {
    char lower = Character.toLowerCase(type);
    String text;
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      text = FloatText.repr(value) + (lower == '%' ? "%" : "");
    } else {
      text =
          switch (lower) {
            case 'e' -> scientific(value, precision);
            case 'g' -> general(value, Math.max(1, precision), alternate);
            case '%' -> fixed(value * 100, precision) + "%";
            default -> fixed(value, precision);
          };
    }
    return type == lower ? text : Strings.upper(text);
  }

  private static String fixed(double value, int precision) {
    String text = new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    boolean lostSign = isNegative(value) && !text.startsWith("-");
    return lostSign ? "-" + text : text;
  }

  private static String scientific(double value, int precision) {
    if (value == 0) {
      String fraction = precision == 0 ? "" : "." + "0".repeat(precision);
      return (isNegative(value) ? "-0" : "0") + fraction + "e+00";
    }
    BigDecimal rounded = round(value, precision + 1);
    String digits = rounded.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - rounded.scale();
    String padded = digits + "0".repeat(Math.max(0, precision + 1 - digits.length()));
    String fraction = precision == 0 ? "" : "." + padded.substring(1, precision + 1);
    return (value < 0 ? "-" : "") + padded.charAt(0) + fraction + FloatText.exponent(exponent);
  }

  private static String general(double value, int precision, boolean alternate) {
    int exponent = 0;
    if (value != 0) {
      BigDecimal rounded = round(value, precision);
      exponent = rounded.precision() - 1 - rounded.scale();
    }
    if (exponent < -4 || exponent >= precision) {
      String text = scientific(value, precision - 1);
      int e = text.indexOf('e');
      return (alternate ? text.substring(0, e) : trimmed(text.substring(0, e))) + text.substring(e);
    }
    String text = fixed(value, precision - 1 - exponent);
    return alternate ? text : trimmed(text);
  }

  private static BigDecimal round(double value, int digits) {
    return new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
  }

  private static String trimmed(String text) {
    if (text.indexOf('.') < 0) {
      return text;
    }
    String cut = text.replaceFirst("0++$", "");
    return cut.endsWith(".") ? cut.substring(0, cut.length() - 1) : cut;
  }

  static boolean isNegative(double value) {
    return value < 0 || (value == 0 && 1 / value < 0);
  }
}
