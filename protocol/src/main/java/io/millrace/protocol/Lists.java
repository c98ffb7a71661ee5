package io.millrace.protocol;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists and texts of records, where JSON leaves out the empty ones. */
final class Lists {
  private Lists() {}

  /** An unmodifiable copy; empty for null. */
  static <T> List<T> copyOf(@Nullable List<T> values) {
    return values == null ? List.of() : List.copyOf(values);
  }

  /** Those that are there. */
  @SafeVarargs
  static <T> List<T> nonNull(@Nullable T... values) {
    return Stream.of(values).filter(Objects::nonNull).toList();
  }

  /** The text; empty for null. */
  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
