package io.millrace.toolparser.schema;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A type of JSON Schema. */
public enum JsonType {
  STRING,
  INTEGER,
  NUMBER,
  BOOLEAN,
  OBJECT,
  ARRAY,
  NULL;

  /** The type by its name in a schema; null if there is none of that name. */
  static @Nullable JsonType named(Object name) {
    for (JsonType type : values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** The type of a value, as Java holds it. */
  static JsonType of(@Nullable Object value) {
    if (value == null) {
      return NULL;
    }
    if (value instanceof Boolean) {
      return BOOLEAN;
    }
    if (value instanceof Number) {
      return NUMBER;
    }
    if (value instanceof List) {
      return ARRAY;
    }
    return value instanceof Map ? OBJECT : STRING;
  }
}
