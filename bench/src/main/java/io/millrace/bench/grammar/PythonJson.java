package io.millrace.bench.grammar;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Writes JSON as Python's {@code json.dumps(data, ensure_ascii=False)} does: a space after commas
 * and colons, numbers as they were, only escapes that must be.
 */
final class PythonJson {
  private static final String SHORT = "\"\\\b\f\n\r\t";
  private static final String LETTERS = "\"\\bfnrt";

  private PythonJson() {}

  /** The value that the parser stands at; it then stands at its end. */
  static String of(JsonParser parser) {
    StringBuilder out = new StringBuilder();
    write(parser, parser.currentToken(), out);
    return out.toString();
  }

  private static void write(JsonParser parser, JsonToken token, StringBuilder out) {
    switch (token) {
      case START_OBJECT -> members(parser, out);
      case START_ARRAY -> items(parser, out);
      case VALUE_STRING -> string(parser.getString(), out);
      default -> out.append(parser.getString());
    }
  }

  private static void members(JsonParser parser, StringBuilder out) {
    out.append('{');
    for (int i = 0; parser.nextToken() != JsonToken.END_OBJECT; i++) {
      out.append(i == 0 ? "" : ", ");
      string(parser.currentName(), out);
      out.append(": ");
      write(parser, parser.nextToken(), out);
    }
    out.append('}');
  }

  private static void items(JsonParser parser, StringBuilder out) {
    out.append('[');
    JsonToken token = parser.nextToken();
    for (int i = 0; token != JsonToken.END_ARRAY; i++) {
      out.append(i == 0 ? "" : ", ");
      write(parser, token, out);
      token = parser.nextToken();
    }
    out.append(']');
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int known = SHORT.indexOf(c);
      if (known >= 0) {
        out.append('\\').append(LETTERS.charAt(known));
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
