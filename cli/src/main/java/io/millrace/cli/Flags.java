package io.millrace.cli;

import org.jspecify.annotations.Nullable;

/** What a flag's value must be, said in one line. */
public final class Flags {
  private Flags() {}

  /**
   * Refuses a value.
   *
   * @throws StartFailure unless it is allowed
   */
  public static void require(
      boolean allowed, String flag, String expectation, @Nullable Object value) {
    if (!allowed) {
      throw new StartFailure("%s must be %s, but is %s".formatted(flag, expectation, value));
    }
  }

  /**
   * The same for a smallest number; a flag that is not given is fine.
   *
   * @throws StartFailure if it is smaller
   */
  public static void requireAtLeast(String flag, int min, @Nullable Integer value) {
    require(value == null || value >= min, flag, "at least " + min, value);
  }
}
