package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@link Limit}s of one record's components, by the names that clients write. */
final class Limits {
  private record Field(String name, @Nullable Limit limit) {}

  private final List<Field> fields = new ArrayList<>();

  private Limits() {}

  /** The limits of a record whose fields have no name before them. */
  static Limits of(Class<? extends Record> type) {
    return of(type, "");
  }

  /**
   * The limits of a record.
   *
   * @param prefix what stands before its fields' names, such as {@code reply.}
   */
  static Limits of(Class<? extends Record> type, String prefix) {
    Limits limits = new Limits();
    for (RecordComponent component : type.getRecordComponents()) {
      limits.fields.add(new Field(prefix + name(component), component.getAnnotation(Limit.class)));
    }
    return limits;
  }

  private static String name(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    return property == null || property.value().isEmpty()
        ? component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT)
        : property.value();
  }

  /**
   * Refuses the first number beyond its limit, or list that is too long; null is none.
   *
   * @param values of all components, in order
   * @throws Invalid naming field, value and limit
   */
  void check(@Nullable Object... values) {
    if (values.length != fields.size()) {
      throw new IllegalStateException(
          "%d values for the fields %s".formatted(values.length, fields));
    }
    for (int i = 0; i < values.length; i++) {
      Limit limit = fields.get(i).limit;
      if (limit != null && values[i] instanceof Number number) {
        check(fields.get(i).name, number.doubleValue(), limit);
      } else if (limit != null && values[i] instanceof List<?> list) {
        checkItems(fields.get(i).name, list, limit.items());
      }
    }
  }

  private static void checkItems(String name, List<?> list, int most) {
    if (list.size() > most) {
      throw new Invalid(
          name,
          "%s may hold at most %d %s, but holds %d"
              .formatted(
                  name,
                  most,
                  list.get(0) instanceof String ? "strings" : "token ids",
                  list.size()));
    }
  }

  private static void check(String name, double value, Limit limit) {
    if (limit.max() == Double.POSITIVE_INFINITY) {
      Invalid.unlessAtLeast(name, value, limit.min());
    } else {
      Invalid.unlessBetween(name, value, limit.min(), limit.max());
    }
  }
}
