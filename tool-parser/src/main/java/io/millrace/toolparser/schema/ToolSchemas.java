package io.millrace.toolparser.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions that a model may call: the JSON Schema of the parameters of each, by name. */
public final class ToolSchemas {
  /** No function is known: any may be called, with arguments of any type. */
  public static final ToolSchemas NONE = new ToolSchemas(Map.of());

  private final Map<String, Map<String, Object>> parameters;

  private ToolSchemas(Map<String, Map<String, Object>> parameters) {
    this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /**
   * The functions of a request.
   *
   * @param tools as OpenAI writes them, {@code {"type": "function", "function": {...}}}, or the
   *     inner objects alone; what has no name is left out
   */
  public static ToolSchemas of(@Nullable List<Map<String, Object>> tools) {
    Map<String, Map<String, Object>> parameters = new LinkedHashMap<>();
    for (Map<String, Object> tool : tools == null ? List.<Map<String, Object>>of() : tools) {
      Map<String, Object> function = object(tool.getOrDefault("function", tool));
      if (function.get("name") instanceof String name) {
        parameters.put(name, object(function.get("parameters")));
      }
    }
    return new ToolSchemas(parameters);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /** The names of the functions, as the request lists them. */
  public Set<String> names() {
    return parameters.keySet();
  }

  /** Whether the function may be called; any may where none is known. */
  public boolean allows(String name) {
    return parameters.isEmpty() || parameters.containsKey(name);
  }

  /** The schema of a function's parameters; empty if the request has none. */
  public Map<String, Object> parameters(String function) {
    return parameters.getOrDefault(function, Map.of());
  }

  /** The types that a parameter may have; empty if its schema does not say. */
  public Set<JsonType> types(String function, String parameter) {
    Map<String, Object> schema = parameters(function);
    return SchemaTypes.of(object(schema.get("properties")).get(parameter), schema);
  }
}
