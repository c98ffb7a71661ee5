package io.millrace.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of records, where JSON leaves out the empty ones. */
final class Lists {
  private Lists() {}

  /** An unmodifiable copy; empty for null. */
  static <T> List<T> copyOf(@Nullable List<T> values) {
    return values == null ? List.of() : List.copyOf(values);
  }
}
