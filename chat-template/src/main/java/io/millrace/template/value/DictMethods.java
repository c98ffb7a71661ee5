package io.millrace.template.value;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of dicts that change nothing. */
final class DictMethods {
  private static final Map<String, BoundMethod.Method<Dict>> METHODS =
      Map.of(
          "get",
          (dict, arguments, budget) -> {
            Arguments.Bound bound = arguments.bind("get", "key", "default?");
            Object found = dict.get(bound.get(0), budget);
            return found == null ? bound.get(1, None.NONE) : found;
          },
          "items",
          (dict, arguments, budget) -> view(dict, arguments, DictView.Kind.ITEMS),
          "keys",
          (dict, arguments, budget) -> view(dict, arguments, DictView.Kind.KEYS),
          "values",
          (dict, arguments, budget) -> view(dict, arguments, DictView.Kind.VALUES),
          "copy",
          (dict, arguments, budget) -> {
            arguments.bind("copy");
            return dict;
          });

  private DictMethods() {}

  private static DictView view(Dict dict, Arguments arguments, DictView.Kind kind) {
    arguments.bind(kind.name().toLowerCase(Locale.ROOT));
    return new DictView(dict, kind);
  }

  static @Nullable Object of(Dict dict, String name) {
    BoundMethod.Method<Dict> method = METHODS.get(name);
    return method == null ? null : new BoundMethod<>(dict, dict, name, method);
  }
}
