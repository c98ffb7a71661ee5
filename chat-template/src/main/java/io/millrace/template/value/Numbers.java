package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Python's numbers: integers without bounds, floats, and booleans that count as 0 and 1. */
public final class Numbers {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private Numbers() {}

  public static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  /** Whether it is an int to Python; booleans are. */
  public static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
  }

  /** The smallest Java type that holds it, so that equal integers are equal objects. */
  public static Object integer(BigInteger value) {
    boolean fits = value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0;
    return fits ? (Object) value.longValue() : value;
  }

  /** {@code int(value)}: cut towards 0. */
  public static Object integer(double value) {
    if (Double.isNaN(value)) {
      throw new TemplateException("cannot convert float NaN to integer");
    } else if (Double.isInfinite(value)) {
      throw new TemplateException("cannot convert float infinity to integer");
    }
    return integer(new BigDecimal(value).toBigInteger());
  }

  /** An int or a bool as a BigInteger. */
  public static BigInteger big(Object value) {
    if (value instanceof BigInteger big) {
      return big;
    }
    return BigInteger.valueOf(value instanceof Boolean truth ? (truth ? 1 : 0) : (Long) value);
  }

  /** Any number as a double. */
  public static double real(Object value) {
    if (value instanceof Double real) {
      return real;
    } else if (value instanceof Long number) {
      return number;
    }
    double real = big(value).doubleValue();
    if (Double.isInfinite(real)) {
      throw new TemplateException("int too large to convert to float");
    }
    return real;
  }

  /** An int where Python takes nothing else, cut to Java's range. */
  public static int index(Object value) {
    Undefined.require(value);
    if (!isInteger(value)) {
      throw new TemplateException(
          "'" + Types.name(value) + "' object cannot be interpreted as an integer");
    }
    return clamp(big(value));
  }

  static int clamp(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return value.intValue();
    }
    return value.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
  }

  static int compare(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return Long.compare(a, b);
    }
    if (isInteger(left) && isInteger(right)) {
      return big(left).compareTo(big(right));
    }
    double a = left instanceof Double d ? d : Double.NaN;
    double b = right instanceof Double d ? d : Double.NaN;
    if (left instanceof Double && right instanceof Double) {
      return Double.compare(a + 0.0, b + 0.0);
    }
    // An int and a float: exactly, since not every int is a float.
    double real = left instanceof Double ? a : b;
    int order =
        Double.isInfinite(real)
            ? (real < 0 ? -1 : 1)
            : new BigDecimal(real)
                .compareTo(new BigDecimal(big(left instanceof Double ? right : left)));
    return left instanceof Double ? order : -order;
  }

  static boolean isNaN(Object value) {
    return value instanceof Double real && real.isNaN();
  }

  /** {@code round(value, digits)}: halves go to the even neighbour. */
  public static Object round(Object value, int digits) {
    if (isInteger(value)) {
      if (digits >= 0) {
        return integer(big(value));
      }
      BigDecimal rounded =
          new BigDecimal(big(value)).setScale(Math.max(digits, -400), RoundingMode.HALF_EVEN);
      return integer(rounded.toBigInteger());
    }
    double real = (Double) value;
    if (Double.isNaN(real) || Double.isInfinite(real) || digits > 400) {
      return real;
    }
    double rounded =
        new BigDecimal(real).setScale(Math.max(digits, -400), RoundingMode.HALF_EVEN).doubleValue();
    return rounded == 0 ? Math.copySign(0.0, real) : rounded;
  }
}
