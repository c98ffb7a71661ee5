package io.millrace.template.value;

import io.millrace.template.limit.Budget;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code namespace(...)}: the one value whose attributes a template can set. */
public final class Namespace implements PyObject {
  private final Map<String, Object> attributes = new LinkedHashMap<>();

  public static Namespace of(Arguments arguments, Budget budget) {
    Namespace namespace = new Namespace();
    Dict initial = Dicts.of(arguments, budget);
    for (Object key : initial.keys()) {
      Object value = initial.get(key, budget);
      if (Strings.isString(key) && value != null) {
        namespace.set(Strings.content(key), value);
      }
    }
    return namespace;
  }

  public void set(String name, Object value) {
    attributes.put(name, value);
  }

  Dict toDict(Budget budget) {
    Dict dict = new Dict();
    attributes.forEach((name, value) -> dict.put(name, value, budget));
    return dict;
  }

  @Override
  public @Nullable Object attribute(String name) {
    return attributes.get(name);
  }

  @Override
  public String typeName() {
    return "Namespace";
  }

  @Override
  public String qualifiedName() {
    return "jinja2.utils.Namespace";
  }
}
