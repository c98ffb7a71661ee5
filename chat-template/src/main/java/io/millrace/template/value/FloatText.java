package io.millrace.template.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * {@code repr(float)}: the shortest digits that read back as the same number, in plain notation
 * between 1e-4 and 1e16.
 */
final class FloatText {
  private FloatText() {}

  static String repr(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    } else if (Double.isInfinite(value)) {
      return value < 0 ? "-inf" : "inf";
    } else if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(value);
    String sign = value < 0 ? "-" : "";
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    return sign
        + (exponent >= -4 && exponent < 16
            ? plain(digits, exponent)
            : scientific(digits, exponent));
  }

  private static String plain(String digits, int exponent) {
    if (exponent < 0) {
      return "0." + "0".repeat(-exponent - 1) + digits;
    }
    int whole = exponent + 1;
    if (digits.length() <= whole) {
      return digits + "0".repeat(whole - digits.length()) + ".0";
    }
    return digits.substring(0, whole) + "." + digits.substring(whole);
  }

  private static String scientific(String digits, int exponent) {
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + exponent(exponent);
  }

  /** {@code e-07}: a sign and at least two digits. */
  static String exponent(int exponent) {
    return (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
  }

  /** Double.toString finds them only from Java 19 on. */
  private static BigDecimal shortest(double value) {
    BigDecimal best = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigDecimal exact = new BigDecimal(value);
    for (int precision = best.precision() - 1; precision > 0; precision--) {
      BigDecimal shorter = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
      if (shorter.doubleValue() != value) {
        break;
      }
      best = shorter.stripTrailingZeros();
    }
    BigDecimal nearest = exact.round(new MathContext(best.precision(), RoundingMode.HALF_EVEN));
    return nearest.doubleValue() == value ? nearest : best;
  }
}
