package io.millrace.template.value;

import io.millrace.template.limit.Budget;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Java's maps, lists, strings, numbers and booleans as a template's values, by copy. */
public final class Values {
  private Values() {}

  /**
   * Copies a value in.
   *
   * @throws IllegalArgumentException if it is of any other type
   */
  public static Object of(@Nullable Object value, Budget budget) {
    if (value == null) {
      return None.NONE;
    } else if (value instanceof String
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Double) {
      return value;
    } else if (value instanceof Number number) {
      return number(number);
    } else if (value instanceof Map<?, ?> map) {
      return dict(map, budget);
    } else if (value instanceof Collection<?> elements) {
      return list(elements, budget);
    }
    throw new IllegalArgumentException(
        "a template takes maps, lists, strings, numbers and booleans, not " + value.getClass());
  }

  private static Object number(Number number) {
    if (number instanceof BigInteger big) {
      return Numbers.integer(big);
    } else if (number instanceof BigDecimal || number instanceof Float) {
      return number.doubleValue();
    }
    return number.longValue();
  }

  private static Dict dict(Map<?, ?> map, Budget budget) {
    budget.enter(1);
    Dict dict = new Dict();
    map.forEach((key, value) -> dict.put(String.valueOf(key), of(value, budget), budget));
    budget.leave(1);
    return dict;
  }

  private static List<Object> list(Collection<?> elements, Budget budget) {
    budget.enter(1);
    List<Object> list = new ArrayList<>(elements.size());
    elements.forEach(element -> list.add(of(element, budget)));
    budget.leave(1);
    return list;
  }
}
