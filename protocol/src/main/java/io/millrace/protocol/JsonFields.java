package io.millrace.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object read field by field, so that a wrong type is refused in words that name the field
 * and its value. A field that is absent and one that is {@code null} are the same.
 */
public final class JsonFields {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
  private static final int SHOWN_CHARACTERS = 60;

  private final JsonNode object;
  private final String path;

  private JsonFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * Parses a body.
   *
   * @throws Invalid if it is empty, not JSON, or no object
   */
  public static JsonFields parse(byte[] body) {
    if (body.length == 0) {
      throw new Invalid(null, "the body is empty; a JSON object is expected");
    }
    try {
      return of(JSON.readTree(body), "the body");
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new Invalid(
          null,
          "the body is not valid JSON: %s%s"
              .formatted(
                  e.getOriginalMessage(),
                  at == null
                      ? ""
                      : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
    }
  }

  private static JsonFields of(JsonNode node, String what) {
    if (!node.isObject()) {
      throw new Invalid(null, what + " must be a JSON object, but is " + shown(node));
    }
    return new JsonFields(node, "");
  }

  /** Whether the field is there and not null. */
  public boolean has(String field) {
    return get(field) != null;
  }

  /** The field's bare node, or null. */
  public @Nullable JsonNode get(String field) {
    JsonNode node = object.get(field);
    return node == null || node.isNull() ? null : node;
  }

  /** The name of a field as the client would write it, such as {@code reply.topic}. */
  public String name(String field) {
    return path + field;
  }

  public String requiredString(String field) {
    String value = string(field);
    if (value == null) {
      throw new Invalid(name(field), name(field) + " is required");
    }
    return value;
  }

  public @Nullable String string(String field) {
    JsonNode node = get(field);
    if (node != null && !node.isString()) {
      throw wrongType(field, "a string", node);
    }
    return node == null ? null : node.stringValue();
  }

  public @Nullable Double number(String field) {
    JsonNode node = get(field);
    if (node != null && !node.isNumber()) {
      throw wrongType(field, "a number", node);
    }
    return node == null ? null : node.doubleValue();
  }

  /** A whole number; {@code 3.0} is one. */
  public @Nullable Long integer(String field) {
    JsonNode node = get(field);
    if (node == null) {
      return null;
    }
    if (!node.isNumber() || !(node.canConvertToExactIntegral() && node.canConvertToLong())) {
      throw wrongType(field, "a whole number", node);
    }
    return node.asLong();
  }

  public @Nullable Integer intNumber(String field) {
    Long value = integer(field);
    if (value != null && value != value.intValue()) {
      throw new Invalid(name(field), name(field) + " is out of range: " + value);
    }
    return value == null ? null : value.intValue();
  }

  public int intNumber(String field, int otherwise) {
    Integer value = intNumber(field);
    return value == null ? otherwise : value;
  }

  public boolean bool(String field, boolean otherwise) {
    JsonNode node = get(field);
    if (node != null && !node.isBoolean()) {
      throw wrongType(field, "true or false", node);
    }
    return node == null ? otherwise : node.booleanValue();
  }

  /** An object within this one; its fields are named {@code field.inner}. */
  public @Nullable JsonFields object(String field) {
    JsonNode node = get(field);
    if (node != null && !node.isObject()) {
      throw wrongType(field, "an object", node);
    }
    return node == null ? null : new JsonFields(node, name(field) + ".");
  }

  /** The same for an object that must be there. */
  public JsonFields requiredObject(String field) {
    JsonFields inner = object(field);
    if (inner == null) {
      throw new Invalid(name(field), name(field) + " is required");
    }
    return inner;
  }

  /** A list of objects; their fields are named {@code field[0].inner}. */
  public List<JsonFields> list(String field) {
    JsonNode node = get(field);
    if (node == null) {
      return List.of();
    }
    List<JsonFields> values = new ArrayList<>();
    for (JsonNode element : array(field, "a list of objects", node)) {
      String index = "%s[%d]".formatted(field, values.size());
      if (!element.isObject()) {
        throw wrongType(index, "an object", element);
      }
      values.add(new JsonFields(element, name(index) + "."));
    }
    return values;
  }

  /** Numbers by whole numbers, such as {@code {"5": -1.5}}; empty when absent. */
  public Map<Integer, Double> numbersByInt(String field) {
    JsonNode node = get(field);
    if (node == null) {
      return Map.of();
    }
    JsonFields inner = Objects.requireNonNull(object(field));
    Map<Integer, Double> values = new LinkedHashMap<>();
    for (String key : node.propertyNames()) {
      Double value = inner.number(key);
      if (value != null) {
        values.put(number(field, key), value);
      }
    }
    return values;
  }

  private int number(String field, String key) {
    try {
      return Integer.parseInt(key);
    } catch (NumberFormatException e) {
      throw new Invalid(
          name(field),
          "%s must have whole numbers as keys, but has \"%s\"".formatted(name(field), key));
    }
  }

  /** A whole number, or a list of them. */
  public List<Integer> oneOrMoreInts(String field) {
    JsonNode node = get(field);
    return node == null || node.isArray()
        ? ints(field)
        : List.of(Objects.requireNonNull(intNumber(field)));
  }

  /** A string, or a list of strings. */
  public List<String> strings(String field) {
    JsonNode node = get(field);
    if (node == null) {
      return List.of();
    }
    if (node.isString()) {
      return List.of(node.stringValue());
    }
    List<String> values = new ArrayList<>();
    for (JsonNode element : array(field, "a string or a list of strings", node)) {
      if (!element.isString()) {
        throw wrongType(field, "a string or a list of strings", node);
      }
      values.add(element.stringValue());
    }
    return values;
  }

  /** A list of whole numbers. */
  public List<Integer> ints(String field) {
    JsonNode node = get(field);
    if (node == null) {
      return List.of();
    }
    List<Integer> values = new ArrayList<>();
    for (JsonNode element : array(field, "a list of whole numbers", node)) {
      if (!element.isNumber()
          || !element.canConvertToExactIntegral()
          || !element.canConvertToInt()) {
        throw wrongType(field, "a list of whole numbers", node);
      }
      values.add(element.asInt());
    }
    return values;
  }

  /** A list of objects, each as plain maps, lists, strings, numbers and booleans. */
  public @Nullable List<Map<String, Object>> objects(String field) {
    JsonNode node = get(field);
    if (node == null) {
      return null;
    }
    List<Map<String, Object>> values = new ArrayList<>();
    int index = 0;
    for (JsonNode element : array(field, "a list of objects", node)) {
      if (!element.isObject()) {
        throw wrongType(field + "[" + index + "]", "an object", element);
      }
      values.add(JSON.convertValue(element, OBJECT));
      index++;
    }
    return values;
  }

  /** An object as plain values; empty when absent. */
  public Map<String, Object> map(String field) {
    JsonNode node = get(field);
    if (node == null) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw wrongType(field, "an object", node);
    }
    return JSON.convertValue(node, OBJECT);
  }

  private Iterable<JsonNode> array(String field, String expected, JsonNode node) {
    if (!node.isArray()) {
      throw wrongType(field, expected, node);
    }
    return node;
  }

  private Invalid wrongType(String field, String expected, JsonNode node) {
    return new Invalid(
        name(field), "%s must be %s, but is %s".formatted(name(field), expected, shown(node)));
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
  }
}
