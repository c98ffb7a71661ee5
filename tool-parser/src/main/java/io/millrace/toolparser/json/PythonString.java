package io.millrace.toolparser.json;

/** A Python string between single or double quotes, written as a JSON string while it is read. */
final class PythonString {
  private static final String NAMES = "nrtbfav0";
  private static final String NAMED = "\n\r\t\b\f\u0007\u000b\0";

  private final char quote;
  private final StringBuilder digits = new StringBuilder();
  private boolean escaped;
  private int numDigits;
  private char form;

  /**
   * @param quote which ends it
   */
  PythonString(char quote) {
    this.quote = quote;
  }

  /** Takes the next character, and says whether it ends the string. */
  boolean accept(char c, StringBuilder json) {
    if (numDigits > 0) {
      return digit(c, json);
    }
    if (escaped) {
      escaped = false;
      escape(c, json);
      return false;
    }
    if (c == quote) {
      json.append('"');
      return true;
    }
    escaped = c == '\\';
    if (!escaped) {
      JsonText.escape(c, json);
    }
    return false;
  }

  private void escape(char c, StringBuilder json) {
    int name = NAMES.indexOf(c);
    if (c == 'x' || c == 'u' || c == 'U') {
      form = c;
      numDigits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
    } else if (name >= 0) {
      JsonText.escape(NAMED.charAt(name), json);
    } else if (c == '\\' || c == '\'' || c == '"') {
      JsonText.escape(c, json);
    } else if (c != '\n') {
      JsonText.escape('\\', json);
      JsonText.escape(c, json);
    }
  }

  private boolean digit(char c, StringBuilder json) {
    boolean hex = Character.digit(c, 16) >= 0 && c <= 'f';
    if (hex) {
      digits.append(c);
    }
    if (hex && digits.length() < numDigits) {
      return false;
    }
    int value = hex ? Integer.parseUnsignedInt(digits.toString(), 16) : -1;
    if (Character.isValidCodePoint(value)) {
      Character.toString(value).chars().forEach(unit -> JsonText.escape((char) unit, json));
    } else {
      // No character: the text is taken as it stands.
      json.append("\\\\").append(form).append(digits);
    }
    digits.setLength(0);
    numDigits = 0;
    return !hex && accept(c, json);
  }
}
