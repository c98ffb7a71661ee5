package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Text as messages carry it: a string, or a list of parts, each of a type and with a text. */
public final class TextParts {
  private TextParts() {}

  /**
   * The content of a message to the model: text, or parts of the one type that templates know.
   *
   * @param types that parts may have
   * @throws Invalid naming the field, if it is missing, or holds what is no text
   */
  public static Object content(JsonBody owner, String field, List<String> types) {
    JsonNode node = owner.node(field);
    if (node == null || node.isString()) {
      return owner.require(field, String.class);
    }
    if (!node.isArray()) {
      String name = owner.name(field);
      throw new Invalid(
          name,
          "%s must be a string or a list of parts, but is %s"
              .formatted(name, JsonRecords.shown(node)));
    }
    List<Object> parts = new ArrayList<>();
    for (JsonBody part : owner.objects(field)) {
      requireType(part, types);
      parts.add(part(part.require("text", String.class)));
    }
    return parts;
  }

  /** A part, as templates know it. */
  public static Map<String, Object> part(String text) {
    return inOrder("type", "text", "text", text);
  }

  /** A message to the model, as templates know it. */
  public static Map<String, Object> message(String role, Object content) {
    return inOrder("role", role, "content", content);
  }

  /** Templates may print an object as it stands. */
  private static Map<String, Object> inOrder(
      String first, Object value, String second, Object other) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(first, value);
    object.put(second, other);
    return object;
  }

  /** The type of a part or an item must be one of those that are read. */
  public static void requireType(JsonBody part, List<String> types) {
    String type = part.require("type", String.class);
    if (!types.contains(type)) {
      String name = part.name("type");
      throw new Invalid(
          name,
          "%s must be %s, but is %s"
              .formatted(
                  name,
                  types.stream().map(it -> "\"" + it + "\"").collect(Collectors.joining(" or ")),
                  JsonRecords.shown(Objects.requireNonNull(part.node("type")))));
    }
  }
}
