package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** {@code + - * / // % **} between numbers. */
final class Arithmetic {
  private static final long MAX_BITS = 1 << 20;

  private Arithmetic() {}

  static Object add(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      long sum = a + b;
      boolean overflow = ((a ^ sum) & (b ^ sum)) < 0;
      return overflow ? BigInteger.valueOf(a).add(BigInteger.valueOf(b)) : (Object) sum;
    }
    return isReal(left, right)
        ? (Object) (Numbers.real(left) + Numbers.real(right))
        : Numbers.integer(Numbers.big(left).add(Numbers.big(right)));
  }

  static Object subtract(Object left, Object right) {
    return isReal(left, right)
        ? (Object) (Numbers.real(left) - Numbers.real(right))
        : Numbers.integer(Numbers.big(left).subtract(Numbers.big(right)));
  }

  static Object multiply(Object left, Object right, Budget budget) {
    if (isReal(left, right)) {
      return Numbers.real(left) * Numbers.real(right);
    }
    BigInteger a = Numbers.big(left);
    BigInteger b = Numbers.big(right);
    checkBits((long) a.bitLength() + b.bitLength(), budget);
    return Numbers.integer(a.multiply(b));
  }

  static Object divide(Object left, Object right) {
    if (isZero(right)) {
      throw new TemplateException(
          isReal(left, right) ? "float division by zero" : "division by zero");
    }
    if (isReal(left, right)) {
      return Numbers.real(left) / Numbers.real(right);
    }
    double quotient =
        new BigDecimal(Numbers.big(left))
            .divide(new BigDecimal(Numbers.big(right)), MathContext.DECIMAL128)
            .doubleValue();
    if (Double.isInfinite(quotient)) {
      throw new TemplateException("integer division result too large for a float");
    }
    return quotient;
  }

  static Object floorDivide(Object left, Object right) {
    if (isReal(left, right)) {
      double divisor = Numbers.real(right);
      if (divisor == 0) {
        throw new TemplateException("float floor division by zero");
      }
      double dividend = Numbers.real(left);
      double quotient = (dividend - modulo(dividend, divisor)) / divisor;
      double floor = Math.floor(quotient);
      return quotient - floor > 0.5 ? floor + 1 : floor;
    }
    return Numbers.integer(floorAndRest(left, right)[0]);
  }

  static Object modulo(Object left, Object right) {
    if (isReal(left, right)) {
      double divisor = Numbers.real(right);
      if (divisor == 0) {
        throw new TemplateException("float modulo by zero");
      }
      return modulo(Numbers.real(left), divisor);
    }
    return Numbers.integer(floorAndRest(left, right)[1]);
  }

  static Object power(Object base, Object exponent, Budget budget) {
    if (!isReal(base, exponent) && Numbers.big(exponent).signum() >= 0) {
      return integerPower(Numbers.big(base), Numbers.big(exponent), budget);
    }
    double a = Numbers.real(base);
    double b = Numbers.real(exponent);
    if (a == 0 && b < 0) {
      throw new TemplateException("0.0 cannot be raised to a negative power");
    }
    if (a < 0 && b % 1 != 0 && !Double.isInfinite(b) && !Double.isInfinite(a)) {
      throw new TemplateException("complex numbers are not supported: %s ** %s".formatted(a, b));
    }
    double power = a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
    if (Double.isInfinite(power) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw new TemplateException("(34, 'Numerical result out of range')");
    }
    return power;
  }

  private static Object integerPower(BigInteger base, BigInteger exponent, Budget budget) {
    if (base.abs().compareTo(BigInteger.ONE) <= 0) {
      boolean flips = base.signum() < 0 && !exponent.testBit(0);
      BigInteger power = exponent.signum() == 0 || flips ? BigInteger.ONE : base;
      return Numbers.integer(power);
    }
    checkBits((long) base.bitLength() * Numbers.clamp(exponent), budget);
    return Numbers.integer(base.pow(exponent.intValue()));
  }

  private static BigInteger[] floorAndRest(Object left, Object right) {
    BigInteger divisor = Numbers.big(right);
    if (divisor.signum() == 0) {
      throw new TemplateException("integer division or modulo by zero");
    }
    BigInteger[] parts = Numbers.big(left).divideAndRemainder(divisor);
    if (parts[1].signum() != 0 && parts[1].signum() != divisor.signum()) {
      parts[0] = parts[0].subtract(BigInteger.ONE);
      parts[1] = parts[1].add(divisor);
    }
    return parts;
  }

  private static double modulo(double dividend, double divisor) {
    double rest = dividend % divisor;
    if (rest == 0) {
      return Math.copySign(0.0, divisor);
    }
    return (rest < 0) != (divisor < 0) ? rest + divisor : rest;
  }

  private static void checkBits(long bits, Budget budget) {
    if (bits > MAX_BITS) {
      throw new TemplateException("integers are limited to %d bits".formatted(MAX_BITS));
    }
    budget.steps(bits / Long.SIZE);
  }

  private static boolean isReal(Object left, Object right) {
    return left instanceof Double || right instanceof Double;
  }

  private static boolean isZero(Object value) {
    return value instanceof Double real ? real == 0 : Numbers.big(value).signum() == 0;
  }
}
