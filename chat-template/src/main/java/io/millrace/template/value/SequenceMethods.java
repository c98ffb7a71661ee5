package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of lists, tuples and ranges that change nothing. */
final class SequenceMethods {
  private static final Map<String, BoundMethod.Method<List<Object>>> METHODS =
      Map.of(
          "count",
          (items, arguments, budget) -> {
            Object wanted = arguments.bind("count", "value").get(0);
            return items.stream().filter(each -> Comparison.equal(each, wanted, budget)).count();
          },
          "index",
          (items, arguments, budget) -> {
            Arguments.Bound bound = arguments.bind("index", "value", "start?", "stop?");
            int start = position(bound.integer(1, 0), items.size());
            int stop = position(bound.integer(2, Integer.MAX_VALUE), items.size());
            for (int i = start; i < stop; i++) {
              if (Comparison.equal(items.get(i), bound.get(0), budget)) {
                return (long) i;
              }
            }
            throw new TemplateException("value is not in list");
          });

  private SequenceMethods() {}

  private static int position(int index, int size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }

  static @Nullable Object of(Object self, List<Object> items, String name) {
    if (name.equals("copy") && self instanceof List) {
      return new BoundMethod<>(self, items, name, (all, arguments, budget) -> all);
    }
    BoundMethod.Method<List<Object>> method = METHODS.get(name);
    return method == null ? null : new BoundMethod<>(self, items, name, method);
  }
}
