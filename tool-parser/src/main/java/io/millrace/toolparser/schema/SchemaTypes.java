package io.millrace.toolparser.schema;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The types that a JSON Schema allows, as far as they are written in it. */
final class SchemaTypes {
  /** How many schemas within schemas are followed. */
  private static final int MAX_DEPTH = 16;

  private final Map<?, ?> root;
  private final Set<JsonType> types = EnumSet.noneOf(JsonType.class);

  private SchemaTypes(Map<?, ?> root) {
    this.root = root;
  }

  /**
   * The types that a schema allows; empty if it does not say.
   *
   * @param root the schema that references in it are resolved in
   */
  static Set<JsonType> of(@Nullable Object schema, Map<?, ?> root) {
    SchemaTypes found = new SchemaTypes(root);
    found.collect(schema, 0);
    return found.types;
  }

  private void collect(@Nullable Object schema, int depth) {
    if (!(schema instanceof Map<?, ?> map) || depth > MAX_DEPTH) {
      return;
    }
    addNamed(map.get("type"));
    if (map.get("enum") instanceof List<?> values && !map.containsKey("type")) {
      values.forEach(value -> types.add(JsonType.of(value)));
    }
    if (map.containsKey("const") && !map.containsKey("type")) {
      types.add(JsonType.of(map.get("const")));
    }
    for (String key : List.of("anyOf", "oneOf", "allOf")) {
      if (map.get(key) instanceof List<?> parts) {
        parts.forEach(part -> collect(part, depth + 1));
      }
    }
    if (Boolean.TRUE.equals(map.get("nullable"))) {
      types.add(JsonType.NULL);
    }
    if (map.get("$ref") instanceof String reference) {
      collect(resolve(reference), depth + 1);
    }
  }

  private void addNamed(@Nullable Object type) {
    List<?> names = type instanceof List<?> list ? list : type == null ? List.of() : List.of(type);
    for (Object name : names) {
      JsonType named = name == null ? null : JsonType.named(name);
      if (named != null) {
        types.add(named);
      }
    }
  }

  /** A reference like {@code #/$defs/city}; null if it leads nowhere. */
  private @Nullable Object resolve(String reference) {
    if (!reference.startsWith("#")) {
      return null;
    }
    Object at = root;
    for (String name : reference.substring(1).split("/")) {
      if (!name.isEmpty()) {
        at = at instanceof Map<?, ?> map ? map.get(unescape(name)) : null;
      }
    }
    return at;
  }

  private static String unescape(String name) {
    return name.replace("~1", "/").replace("~0", "~");
  }
}
