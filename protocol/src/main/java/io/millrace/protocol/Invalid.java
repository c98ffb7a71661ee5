package io.millrace.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served as it is written: the message names the field, its value and what
 * is allowed, in words meant for the person who sent it.
 */
public final class Invalid extends IllegalArgumentException {
  private final @Nullable String param;

  /**
   * @param param the field at fault, as the client spells it; null when it is the body as a whole
   * @param message one sentence for the client
   */
  public Invalid(@Nullable String param, String message) {
    super(message);
    this.param = param;
  }

  /** The field at fault, or null when it is the body as a whole. */
  public @Nullable String param() {
    return param;
  }

  /** Refuses a number outside {@code min..max}, both allowed. */
  public static void unlessBetween(String param, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new Invalid(
          param,
          "%s must be between %s and %s, but is %s"
              .formatted(param, number(min), number(max), number(value)));
    }
  }

  /** Refuses a number below {@code min}. */
  public static void unlessAtLeast(String param, double value, double min) {
    if (!(value >= min)) {
      throw new Invalid(
          param, "%s must be at least %s, but is %s".formatted(param, number(min), number(value)));
    }
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
