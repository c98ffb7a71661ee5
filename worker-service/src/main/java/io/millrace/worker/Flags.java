package io.millrace.worker;

import io.millrace.cli.StartFailure;
import org.jspecify.annotations.Nullable;

/** What a flag's value must be, said in one line. */
final class Flags {
  private Flags() {}

  static void require(boolean allowed, String flag, String expectation, @Nullable Object value) {
    if (!allowed) {
      throw new StartFailure("%s must be %s, but is %s".formatted(flag, expectation, value));
    }
  }

  /** A flag that is not given is fine. */
  static void requireAtLeast(String flag, int min, @Nullable Integer value) {
    require(value == null || value >= min, flag, "at least " + min, value);
  }
}
