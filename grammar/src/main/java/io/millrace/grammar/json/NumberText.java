package io.millrace.grammar.json;

import io.millrace.grammar.regex.ByteSet;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers as JSON writes them. Where a number's size matters, it is written without an exponent, so
 * that digits can be compared one after the other.
 */
public final class NumberText {
  private static final int MOST_DIGITS = 400;

  /** More than a double or a 64-bit integer needs; a factorial or a hash may be long. */
  private static final int MOST_DIGITS_BEFORE = 40;

  private static final int MOST_DIGITS_BEHIND = 30;

  private final RegexPool pool;
  private final Regex digit;
  private final Regex digits;
  private final Regex fraction;
  private final Regex whole;
  private final Regex any;
  private final Regex integer;

  /** Terms are made in {@code pool}. */
  public NumberText(RegexPool pool) {
    this.pool = pool;
    digit = pool.bytes(ByteSet.range('0', '9'));
    digits = pool.star(digit);
    fraction = pool.optional(pool.concat(List.of(point(), digit, digits)));
    whole = pool.alt(pool.literal("0"), pool.concat(pool.bytes(ByteSet.range('1', '9')), digits));
    integer = signed(whole);
    any = anyNumber();
  }

  /** Any number. */
  public Regex any() {
    return any;
  }

  private Regex anyNumber() {
    Regex sign = pool.optional(pool.bytes(ByteSet.of("+-")));
    Regex exponent =
        pool.optional(pool.concat(List.of(pool.bytes(ByteSet.of("eE")), sign, digit, digits)));
    return pool.concat(signed(pool.concat(whole, fraction)), exponent);
  }

  /**
   * Those of some numbers that have an end in sight, and are doubles at least nearly: a model that
   * may always write another digit sometimes does. All of them, if none is so short.
   */
  public Regex bounded(Regex numbers) {
    Regex some =
        pool.and(numbers, signed(pool.alt(written(MOST_DIGITS_BEFORE, "1"), written(1, "12"))));
    return some.isEmpty() ? numbers : some;
  }

  /**
   * @param hundreds with which an exponent of three digits may begin
   */
  private Regex written(int wholeDigits, String hundreds) {
    Regex twoDigits = pool.repeat(digit, 1, 2);
    Regex threeDigits = pool.concat(pool.bytes(ByteSet.of(hundreds)), pool.repeat(digit, 2, 2));
    Regex plus = pool.optional(pool.literal("+"));
    Regex large = pool.concat(plus, pool.alt(twoDigits, threeDigits));
    Regex small = pool.concat(pool.literal("-"), pool.repeat(digit, 1, 3));
    Regex exponent = pool.concat(pool.bytes(ByteSet.of("eE")), pool.alt(large, small));
    Regex behind = pool.concat(point(), pool.repeat(digit, 1, MOST_DIGITS_BEHIND));
    return pool.concat(
        List.of(
            pool.repeat(digit, 1, wholeDigits), pool.optional(behind), pool.optional(exponent)));
  }

  /** Any number without an exponent. */
  public Regex decimal() {
    return signed(pool.concat(whole, fraction));
  }

  /** Whole numbers without point and exponent. */
  public Regex integer() {
    return integer;
  }

  /** Numbers without an exponent that are not whole. */
  public Regex notWhole() {
    return signed(pool.concat(List.of(whole, point(), digits, notZero(), digits)));
  }

  /** Numbers without an exponent that are at least, or greater than, a bound. */
  public Regex atLeast(BigDecimal bound, boolean exclusive) {
    if (bound.signum() > 0) {
      return magnitude(bound, exclusive, true);
    }
    Regex zero = pool.concat(pool.literal("-"), zeros());
    if (bound.signum() == 0) {
      return exclusive
          ? magnitude(bound, true, true)
          : pool.alt(pool.concat(whole, fraction), zero);
    }
    Regex negative = pool.concat(pool.literal("-"), magnitude(bound.negate(), exclusive, false));
    return pool.alt(pool.concat(whole, fraction), negative);
  }

  /** Numbers without an exponent that are at most, or less than, a bound. */
  public Regex atMost(BigDecimal bound, boolean exclusive) {
    if (bound.signum() < 0) {
      return pool.concat(pool.literal("-"), magnitude(bound.negate(), exclusive, true));
    }
    if (bound.signum() == 0) {
      return exclusive
          ? pool.concat(pool.literal("-"), magnitude(bound, true, true))
          : pool.alt(pool.concat(pool.literal("-"), pool.concat(whole, fraction)), zeros());
    }
    return pool.alt(
        magnitude(bound, exclusive, false),
        pool.concat(pool.literal("-"), pool.concat(whole, fraction)));
  }

  /** Numbers without an exponent that are multiples of a divisor greater than zero. */
  public Regex multiples(BigDecimal divisor) {
    BigDecimal plain = divisor.stripTrailingZeros();
    int scale = Math.max(0, plain.scale());
    int unscaled = plain.setScale(scale).unscaledValue().intValueExact();
    Regex multiple = pool.multiples(unscaled, scale);
    return pool.and(signed(multiple), decimal());
  }

  /** All ways to write one number without an exponent. */
  public Regex equal(BigDecimal value) {
    return pool.and(atLeast(value, false), atMost(value, false));
  }

  /** Whether digits of the number are few enough to be compared one after the other. */
  public static boolean isComparable(BigDecimal value) {
    return Math.abs((long) value.scale()) + value.precision() <= MOST_DIGITS;
  }

  private Regex signed(Regex magnitude) {
    return pool.concat(pool.optional(pool.literal("-")), magnitude);
  }

  private Regex zeros() {
    return pool.concat(
        pool.literal("0"),
        pool.optional(
            pool.concat(List.of(point(), pool.literal("0"), pool.star(pool.literal("0"))))));
  }

  private Regex point() {
    return pool.literal(".");
  }

  private Regex notZero() {
    return pool.bytes(ByteSet.range('1', '9'));
  }

  /** Numbers without a sign on one side of a bound that is not negative. */
  private Regex magnitude(BigDecimal bound, boolean exclusive, boolean above) {
    BigDecimal plain = bound.signum() == 0 ? BigDecimal.ZERO : bound.stripTrailingZeros();
    String text = plain.toPlainString();
    int dot = text.indexOf('.');
    String integer = dot < 0 ? text : text.substring(0, dot);
    String rest = dot < 0 ? "" : text.substring(dot + 1);
    List<Regex> branches = new ArrayList<>();
    branches.add(pool.concat(wholeBeyond(integer, above), fraction));
    branches.add(pool.concat(pool.literal(integer), fraction(rest, exclusive, above)));
    return pool.alt(branches);
  }

  /** Whole numbers greater, or less, than one. */
  private Regex wholeBeyond(String bound, boolean above) {
    List<Regex> branches = new ArrayList<>();
    int length = bound.length();
    if (above) {
      Regex longer = pool.repeat(digit, bound.equals("0") ? 0 : length, Regex.UNBOUNDED);
      branches.add(pool.concat(notZero(), longer));
    } else if (length > 1) {
      branches.add(pool.literal("0"));
      branches.add(pool.concat(notZero(), pool.repeat(digit, 0, length - 2)));
    }
    for (int i = 0; i < length && !bound.equals("0"); i++) {
      int least = above ? bound.charAt(i) + 1 : i == 0 && length > 1 ? '1' : '0';
      int most = above ? '9' : bound.charAt(i) - 1;
      branches.add(differs(bound.substring(0, i), least, most, length - i - 1));
    }
    return pool.alt(branches);
  }

  private Regex differs(String same, int least, int most, int more) {
    if (least > most) {
      return pool.nothing();
    }
    return pool.concat(
        List.of(
            pool.literal(same),
            pool.bytes(ByteSet.range(least, most)),
            pool.repeat(digit, more, more)));
  }

  /** What follows the equal whole part: nothing, or a point and digits. */
  private Regex fraction(String bound, boolean exclusive, boolean above) {
    List<Regex> branches = new ArrayList<>();
    for (int i = 0; i < bound.length(); i++) {
      int least = above ? bound.charAt(i) + 1 : '0';
      int most = above ? '9' : bound.charAt(i) - 1;
      if (least <= most) {
        branches.add(
            pool.concat(
                List.of(
                    pool.literal("." + bound.substring(0, i)),
                    pool.bytes(ByteSet.range(least, most)),
                    digits)));
      }
      if (!above) {
        // Fewer digits mean zeros, which are less: the bound ends in another digit.
        branches.add(pool.literal(i == 0 ? "" : "." + bound.substring(0, i)));
      }
    }
    Regex zeros = pool.star(pool.literal("0"));
    Regex more = pool.concat(List.of(zeros, notZero(), digits));
    if (bound.isEmpty()) {
      Regex none = pool.optional(pool.concat(List.of(point(), pool.literal("0"), zeros)));
      branches.add(above ? pool.concat(point(), more) : pool.nothing());
      branches.add(exclusive ? pool.nothing() : none);
    } else {
      Regex equal = pool.literal("." + bound);
      branches.add(above ? pool.concat(equal, more) : pool.nothing());
      branches.add(exclusive ? pool.nothing() : pool.concat(equal, zeros));
    }
    return pool.alt(branches);
  }
}
