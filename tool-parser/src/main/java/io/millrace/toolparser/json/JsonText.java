package io.millrace.toolparser.json;

import java.util.regex.Pattern;

/** What JSON's characters and words mean, and how text is written in it. */
public final class JsonText {
  /** How long a number or another word may be. */
  static final int MAX_WORD = 1024;

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?");

  private JsonText() {}

  /** Whether JSON allows the character between values. */
  public static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  /** Whether a number, {@code true}, {@code false} or {@code null} may have the character. */
  static boolean isWord(char c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '-'
        || c == '+'
        || c == '.'
        || c == '_';
  }

  static boolean isLiteral(String word) {
    return word.equals("true") || word.equals("false") || word.equals("null");
  }

  /** Whether the text is a JSON number. */
  public static boolean isNumber(String word) {
    return NUMBER.matcher(word).matches();
  }

  /** Writes a text as a JSON string. */
  public static String quote(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      escape(text.charAt(i), json);
    }
    return json.append('"').toString();
  }

  /** Writes one character of a JSON string. */
  public static void escape(char c, StringBuilder json) {
    if (c == '"' || c == '\\') {
      json.append('\\').append(c);
    } else {
      escapeControl(c, json);
    }
  }

  /** Writes one character of a JSON string that is neither a quote nor a backslash. */
  static void escapeControl(char c, StringBuilder json) {
    if (c >= ' ') {
      json.append(c);
      return;
    }
    int name = "\n\r\t\b\f".indexOf(c);
    json.append('\\').append(name < 0 ? "u%04x".formatted((int) c) : "nrtbf".charAt(name));
  }

  /**
   * The text of a JSON string.
   *
   * @param json valid, with its quotes
   */
  public static String unquote(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 1; i < json.length() - 1; i++) {
      char c = json.charAt(i);
      if (c != '\\') {
        text.append(c);
      } else if (json.charAt(++i) == 'u') {
        text.append((char) Integer.parseInt(json, i + 1, i + 5, 16));
        i += 4;
      } else {
        int name = "nrtbf".indexOf(json.charAt(i));
        text.append(name < 0 ? json.charAt(i) : "\n\r\t\b\f".charAt(name));
      }
    }
    return text.toString();
  }
}
