package io.millrace.toolparser.call;

import io.millrace.toolparser.json.JsonScanner;
import io.millrace.toolparser.json.JsonText;
import io.millrace.toolparser.json.PythonScanner;
import io.millrace.toolparser.schema.JsonType;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A parameter's value that is written as plain text, in JSON as its schema wants it. */
final class ParameterValue {
  private ParameterValue() {}

  /** Whether the text is a string, whatever it says. */
  static boolean isText(Set<JsonType> types) {
    return types.isEmpty() || types.equals(Set.of(JsonType.STRING));
  }

  /**
   * The value in JSON; a string if it is of none of the types. Null for an empty text that cannot
   * be a string: there is no value.
   */
  static @Nullable String toJson(Set<JsonType> types, String text) {
    String value = text.strip();
    String json = isText(types) ? null : typed(types, value);
    boolean absent = json == null && value.isEmpty() && !isText(types);
    if (absent && !types.contains(JsonType.STRING)) {
      return null;
    }
    return json == null ? JsonText.quote(text) : json;
  }

  private static @Nullable String typed(Set<JsonType> types, String value) {
    boolean none = value.equalsIgnoreCase("null") || value.equals("None");
    if (none && types.contains(JsonType.NULL)) {
      return "null";
    }
    boolean truth = value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
    if (truth && types.contains(JsonType.BOOLEAN)) {
      return value.toLowerCase(Locale.ROOT);
    }
    boolean number = types.contains(JsonType.INTEGER) || types.contains(JsonType.NUMBER);
    if (number && JsonText.isNumber(value)) {
      return value;
    }
    boolean object = value.startsWith("{") && types.contains(JsonType.OBJECT);
    boolean array = value.startsWith("[") && types.contains(JsonType.ARRAY);
    return object || array ? container(value) : null;
  }

  private static @Nullable String container(String value) {
    String json = JsonScanner.repaired(value);
    return json == null ? PythonScanner.toJson(value) : json;
  }
}
