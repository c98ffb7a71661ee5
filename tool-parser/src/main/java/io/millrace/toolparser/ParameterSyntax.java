package io.millrace.toolparser;

import io.millrace.toolparser.CallSyntax.FreeText;
import io.millrace.toolparser.CallSyntax.Json;
import io.millrace.toolparser.CallSyntax.Member;
import io.millrace.toolparser.CallSyntax.Members;
import io.millrace.toolparser.CallSyntax.OneOf;
import io.millrace.toolparser.CallSyntax.Part;
import io.millrace.toolparser.CallSyntax.Text;
import io.millrace.toolparser.schema.JsonType;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the arguments of a call are written where each has a place of its own, as data for a grammar.
 * What a schema says of the object as a whole, or of a string beyond these keywords, has no place
 * in such a notation, and is refused by an {@link IllegalArgumentException} that names it.
 */
final class ParameterSyntax {
  private static final List<String> DEFINITIONS = List.of("$defs", "definitions");
  private static final List<String> REMARKS =
      List.of(
          "type",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "$comment");
  private static final List<String> OF_OBJECTS =
      List.of(
          "properties",
          "required",
          "additionalProperties",
          "$defs",
          "definitions",
          "$schema",
          "$id");
  private static final List<String> OF_STRINGS = List.of("pattern", "minLength", "maxLength");
  private static final List<String> OF_TYPES = List.of("anyOf", "nullable", "enum", "const");
  private static final List<String> TAGS = List.of("</parameter>", "</function>");

  private final Map<String, Object> parameters;
  private final List<Member> members = new ArrayList<>();

  private ParameterSyntax(Map<String, Object> parameters) {
    this.parameters = parameters;
    requireOnly("a function's parameters", parameters.keySet(), REMARKS, OF_OBJECTS);
    Map<String, Map<String, Object>> properties = properties();
    for (Object key : list(parameters.get("required"))) {
      if (!properties.containsKey(String.valueOf(key))) {
        throw new IllegalArgumentException("a required parameter is not among properties");
      }
    }
  }

  /** Tags around the value of each. */
  static Members xml(String function, Map<String, Object> parameters) {
    ToolSchemas tools = ToolSchemas.of(List.of(Map.of("name", function, "parameters", parameters)));
    ParameterSyntax syntax = new ParameterSyntax(parameters);
    syntax
        .properties()
        .forEach(
            (key, schema) -> {
              List<Part> parts = new ArrayList<>();
              parts.add(new Text("<parameter=" + key + ">\n"));
              parts.addAll(syntax.tagged(schema, tools.types(function, key)));
              syntax.add(key, parts);
            });
    return new Members(syntax.members, "\n");
  }

  /** Python's {@code key=value}; JSON's literals are read as Python's are. */
  static Members python(Map<String, Object> parameters) {
    ParameterSyntax syntax = new ParameterSyntax(parameters);
    syntax
        .properties()
        .forEach(
            (key, schema) -> syntax.add(key, List.of(new Text(key + "="), syntax.json(schema))));
    return new Members(syntax.members, ", ");
  }

  private void add(String key, List<Part> parts) {
    CallSyntax.requireName("the name of a parameter", key);
    members.add(new Member(list(parameters.get("required")).contains(key), parts));
  }

  /** A value and the tag behind it: strings stand there as they are, anything else as JSON. */
  private List<Part> tagged(Map<String, Object> schema, Set<JsonType> types) {
    String end = "\n" + TAGS.get(0);
    boolean text = types.isEmpty() || types.contains(JsonType.STRING);
    if (!text) {
      return List.of(json(schema), new Text(end));
    }
    List<String> only = strings(schema);
    if (only != null) {
      return List.of(new OneOf(only), new Text(end));
    }
    boolean string = types.equals(Set.of(JsonType.STRING));
    requireOnly(
        "a parameter that is a string", schema.keySet(), REMARKS, string ? OF_STRINGS : OF_TYPES);
    if (!string && !isPlain(schema)) {
      throw new IllegalArgumentException(
          "a parameter that may be a string or something else can be enforced by its type alone");
    }
    String pattern = string && schema.get("pattern") instanceof String it ? it : "";
    return List.of(
        new FreeText(
            pattern, count(schema, "minLength", 0), count(schema, "maxLength", -1), TAGS, end));
  }

  /** The strings that a schema allows if it lists them; null if it does not. */
  private static @Nullable List<String> strings(Map<String, Object> schema) {
    Object value = schema.containsKey("const") ? List.of(schema.get("const")) : schema.get("enum");
    boolean alone =
        schema.keySet().stream()
            .allMatch(key -> REMARKS.contains(key) || key.equals("const") || key.equals("enum"));
    boolean both = schema.containsKey("const") && schema.containsKey("enum");
    if (!alone || both || !(value instanceof List<?> values) || values.isEmpty()) {
      return null;
    }
    boolean readable =
        values.stream()
            .allMatch(
                each ->
                    each instanceof String text
                        && TAGS.stream().noneMatch(text::contains)
                        && !text.endsWith("\r"));
    return readable ? values.stream().map(String.class::cast).toList() : null;
  }

  /** Whether a schema says nothing but types, which are told from each other when they are read. */
  private static boolean isPlain(Map<String, Object> schema) {
    boolean listed = schema.containsKey("enum") || schema.containsKey("const");
    return !listed
        && list(schema.get("anyOf")).stream()
            .allMatch(each -> each instanceof Map<?, ?> map && REMARKS.containsAll(map.keySet()));
  }

  private static int count(Map<String, Object> schema, String keyword, int otherwise) {
    Object value = schema.get(keyword);
    if (value == null) {
      return otherwise < 0 ? Integer.MAX_VALUE : otherwise;
    }
    if (value instanceof Number number && number.doubleValue() >= 0) {
      return number.intValue();
    }
    throw new IllegalArgumentException(keyword + " must be a whole number from 0 on");
  }

  private Json json(Map<String, Object> schema) {
    Map<String, Object> all = new LinkedHashMap<>(schema);
    // References like #/$defs/x are resolved from the root of the schema.
    DEFINITIONS.stream()
        .filter(parameters::containsKey)
        .forEach(key -> all.putIfAbsent(key, parameters.get(key)));
    return new Json(all);
  }

  private Map<String, Map<String, Object>> properties() {
    Map<String, Map<String, Object>> properties = new LinkedHashMap<>();
    if (parameters.get("properties") instanceof Map<?, ?> map) {
      map.forEach((key, schema) -> properties.put(String.valueOf(key), object(schema)));
    }
    return properties;
  }

  @SafeVarargs
  private static void requireOnly(String where, Set<String> keywords, List<String>... known) {
    for (String keyword : keywords) {
      if (List.of(known).stream().noneMatch(some -> some.contains(keyword))) {
        String shown = keyword.length() > 64 ? keyword.substring(0, 64) + "..." : keyword;
        throw new IllegalArgumentException(
            "%s of %s cannot be enforced in the notation of the model".formatted(shown, where));
      }
    }
  }

  private static Collection<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(@Nullable Object schema) {
    return schema instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
