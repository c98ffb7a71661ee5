package io.millrace.toolparser;

import io.millrace.toolparser.schema.JsonType;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the calls of an answer are written, as data for a grammar. All calls are {@code prefix}, one
 * or more of what {@link #call} says with {@code separator} between them, then {@code suffix}.
 *
 * @param triggers texts that begin calls wherever they come in an answer; empty where calls have no
 *     such text and can only be the whole answer
 * @param prefix before the first call
 * @param before the body of a call, with {@code %s} for the function's name, if it stands there
 * @param body how name and arguments are written
 * @param after the body of a call
 * @param separator between two calls
 * @param suffix after the last call
 */
public record CallSyntax(
    List<String> triggers,
    String prefix,
    String before,
    Body body,
    String after,
    String separator,
    String suffix) {
  private static final List<String> DEFINITIONS = List.of("$defs", "definitions");

  /** A notation of name and arguments. */
  public enum Body {
    /** {@code {"name": ..., "arguments": {...}}}. */
    NAME_ARGUMENTS,
    /** {@code {"name": ..., "parameters": {...}}}. */
    NAME_PARAMETERS,
    /** {@code {"tool_call_id": "0", "tool_name": ..., "parameters": {...}}}. */
    COHERE,
    /** {@code {"tool_name": ..., "parameters": {...}}}. */
    TOOL_NAME_PARAMETERS,
    /** The arguments alone, as a JSON object. */
    ARGUMENTS,
    /** {@code <parameter=key>value</parameter>} for each argument. */
    XML,
    /** {@code name(key=value)}. */
    PYTHON
  }

  /** A part of a call, in the order of the text. */
  public sealed interface Part {}

  /** Text that stands there as it is. */
  public record Text(String text) implements Part {}

  /**
   * A JSON value.
   *
   * @param schema a JSON Schema that it is valid by; its members come in the schema's order
   */
  public record Json(Map<String, Object> schema) implements Part {}

  /**
   * Any text before a word.
   *
   * @param end the word, which is no part of it
   */
  public record FreeText(String end) implements Part {}

  /**
   * Members in this order, some of which may be missing.
   *
   * @param separator between two that are there
   */
  public record Members(List<Member> members, String separator) implements Part {}

  /** One of several members. */
  public record Member(boolean required, List<Part> parts) {}

  public CallSyntax {
    triggers = List.copyOf(triggers);
  }

  /** The parts of a call to a function. */
  public List<Part> call(String name, Map<String, Object> parameters) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Text(before.formatted(name)));
    switch (body) {
      case NAME_ARGUMENTS -> parts.add(object(parameters, "name", name, "arguments"));
      case NAME_PARAMETERS -> parts.add(object(parameters, "name", name, "parameters"));
      case TOOL_NAME_PARAMETERS -> parts.add(object(parameters, "tool_name", name, "parameters"));
      case COHERE -> parts.add(cohere(parameters, name));
      case ARGUMENTS -> parts.add(new Json(orAnyObject(parameters)));
      case XML -> parts.add(xml(name, parameters));
      case PYTHON -> parts.add(python(parameters));
    }
    parts.add(new Text(after));
    return parts;
  }

  private static Map<String, Object> orAnyObject(Map<String, Object> parameters) {
    return parameters.isEmpty() ? Map.of("type", "object") : parameters;
  }

  private static Json object(
      Map<String, Object> parameters, String nameKey, String name, String argumentsKey) {
    return object(Map.of(), parameters, nameKey, name, argumentsKey);
  }

  private static Json cohere(Map<String, Object> parameters, String name) {
    Map<String, Object> id =
        Map.of("tool_call_id", Map.of("type", "string", "pattern", "^[0-9]+$"));
    return object(id, parameters, "tool_name", name, "parameters");
  }

  private static Json object(
      Map<String, Object> first,
      Map<String, Object> parameters,
      String nameKey,
      String name,
      String argumentsKey) {
    Map<String, Object> properties = new LinkedHashMap<>(first);
    properties.put(nameKey, Map.of("const", name));
    properties.put(argumentsKey, withoutDefinitions(orAnyObject(parameters)));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put("required", List.copyOf(properties.keySet()));
    schema.put("additionalProperties", false);
    return new Json(withDefinitions(schema, parameters));
  }

  /** References like {@code #/$defs/x} are resolved from the root of the schema. */
  private static Map<String, Object> withDefinitions(
      Map<String, Object> schema, Map<String, Object> root) {
    Map<String, Object> all = new LinkedHashMap<>(schema);
    DEFINITIONS.stream()
        .filter(root::containsKey)
        .forEach(key -> all.putIfAbsent(key, root.get(key)));
    return all;
  }

  private static Map<String, Object> withoutDefinitions(Map<String, Object> schema) {
    Map<String, Object> rest = new LinkedHashMap<>(schema);
    DEFINITIONS.forEach(rest::remove);
    return rest;
  }

  private Members xml(String name, Map<String, Object> parameters) {
    ToolSchemas tools = ToolSchemas.of(List.of(Map.of("name", name, "parameters", parameters)));
    List<Member> members = new ArrayList<>();
    properties(parameters)
        .forEach(
            (key, schema) -> {
              Set<JsonType> types = tools.types(name, key);
              boolean text = types.isEmpty() || types.contains(JsonType.STRING);
              Part value = text ? new FreeText("\n</parameter>") : json(schema, parameters);
              Part open = new Text("<parameter=" + key + ">\n");
              members.add(member(key, parameters, open, value, new Text("\n</parameter>")));
            });
    return new Members(members, "\n");
  }

  /** JSON's literals are read as Python's are. */
  private static Members python(Map<String, Object> parameters) {
    List<Member> members = new ArrayList<>();
    properties(parameters)
        .forEach(
            (key, schema) ->
                members.add(
                    member(key, parameters, new Text(key + "="), json(schema, parameters))));
    return new Members(members, ", ");
  }

  private static Member member(String key, Map<String, Object> parameters, Part... parts) {
    boolean required = parameters.get("required") instanceof List<?> keys && keys.contains(key);
    return new Member(required, List.of(parts));
  }

  private static Json json(Map<String, Object> schema, Map<String, Object> root) {
    return new Json(withDefinitions(schema, root));
  }

  private static Map<String, Map<String, Object>> properties(Map<String, Object> parameters) {
    Map<String, Map<String, Object>> properties = new LinkedHashMap<>();
    if (parameters.get("properties") instanceof Map<?, ?> map) {
      map.forEach((key, schema) -> properties.put(String.valueOf(key), object(schema)));
    }
    return properties;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object schema) {
    return schema instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
