package io.millrace.grammar.regex;

/**
 * The decimal numbers, without sign and exponent, that are whole multiples of {@code p / 10^k}: as
 * digits come, the remainder by {@code p} is all that must be known.
 *
 * <p>A term of it packs its state: {@code low} is the remainder, {@code high} is {@code k << 16 |
 * digits after the point + 1} (0 before the point), the divisor is in the bytes' first word.
 */
final class Multiples {
  static final ByteSet DIGITS = ByteSet.range('0', '9');

  private Multiples() {}

  static boolean nullable(Regex term) {
    long remainder = term.low;
    for (int i = fraction(term); i < scale(term); i++) {
      remainder = remainder * 10 % divisor(term);
    }
    return remainder == 0;
  }

  static ByteSet first(Regex term) {
    return pointSeen(term) ? DIGITS : DIGITS.or(ByteSet.of('.'));
  }

  static Regex next(Regex term, int b) {
    if (b == '.') {
      return term.pool.multiples(divisor(term), scale(term), term.low, 1);
    }
    if (!pointSeen(term)) {
      return term.pool.multiples(divisor(term), scale(term), shifted(term, b), 0);
    }
    if (fraction(term) == scale(term)) {
      return b == '0' ? term : term.pool.nothing();
    }
    return term.pool.multiples(divisor(term), scale(term), shifted(term, b), fraction(term) + 2);
  }

  private static int shifted(Regex term, int b) {
    return (int) ((term.low * 10L + (b - '0')) % divisor(term));
  }

  private static long divisor(Regex term) {
    return term.bytes.w0();
  }

  private static int scale(Regex term) {
    return term.high >> 16;
  }

  private static boolean pointSeen(Regex term) {
    return (term.high & 0xffff) > 0;
  }

  private static int fraction(Regex term) {
    return Math.max(0, (term.high & 0xffff) - 1);
  }
}
