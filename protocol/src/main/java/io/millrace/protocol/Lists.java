package io.millrace.protocol;

import java.util.List;
import java.util.Map;
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

  /**
   * Checks a list of objects, if there is one.
   *
   * @throws Invalid naming a place of the field that is null
   */
  static void requireObjects(String field, @Nullable List<Map<String, Object>> values) {
    for (int i = 0; values != null && i < values.size(); i++) {
      if (values.get(i) == null) {
        String name = field + "[" + i + "]";
        throw new Invalid(name, name + " must be an object, but is null");
      }
    }
  }

  /** Refuses a field with more values than it may have. */
  static void requireAtMost(String name, int size, int most) {
    if (size > most) {
      throw new Invalid(name, "%s may hold at most %d, but holds %d".formatted(name, most, size));
    }
  }

  /** The text; empty for null. */
  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
