package io.millrace.template.value;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code int(text)} and {@code float(text)}. */
public final class NumberParser {
  private static final Pattern REAL =
      Pattern.compile(
          "[-+]?(?:(?:\\d++(?:_\\d++)*+)?\\.?(?:\\d++(?:_\\d++)*+)?(?:[eE][-+]?\\d++(?:_\\d++)*+)?)");
  private static final Pattern SPECIAL =
      Pattern.compile("([-+]?)(?:(inf(?:inity)?)|nan)", Pattern.CASE_INSENSITIVE);
  private static final int MAX_DIGITS = 4300;

  private NumberParser() {}

  /** Null for what is no integer in that base. */
  public static @Nullable Object integer(String text, int base) {
    String trimmed = Strings.strip(text, null);
    boolean signed = trimmed.startsWith("-") || trimmed.startsWith("+");
    String digits = signed ? trimmed.substring(1) : trimmed;
    String prefix = digits.length() < 2 ? "" : Strings.lower(digits.substring(0, 2));
    int implied =
        switch (prefix) {
          case "0x" -> 16;
          case "0o" -> 8;
          case "0b" -> 2;
          default -> 0;
        };
    int radix = base == 0 ? (implied == 0 ? 10 : implied) : base;
    if (implied != 0 && implied == radix) {
      digits = digits.substring(2).replaceFirst("^_", "");
    }
    boolean wellFormed =
        digits.matches("[0-9a-zA-Z]++(?:_[0-9a-zA-Z]++)*+") && digits.length() <= MAX_DIGITS;
    if (!wellFormed || radix < Character.MIN_RADIX || radix > Character.MAX_RADIX) {
      return null;
    }
    try {
      BigInteger value = new BigInteger(digits.replace("_", ""), radix);
      return Numbers.integer(trimmed.startsWith("-") ? value.negate() : value);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Null for what is no number. */
  public static @Nullable Double real(String text) {
    String trimmed = Strings.strip(text, null);
    var special = SPECIAL.matcher(trimmed);
    if (special.matches()) {
      double value = special.group(2) == null ? Double.NaN : Double.POSITIVE_INFINITY;
      return special.group(1).equals("-") ? -value : value;
    }
    if (!REAL.matcher(trimmed).matches()) {
      return null;
    }
    try {
      return Double.valueOf(trimmed.replace("_", ""));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
