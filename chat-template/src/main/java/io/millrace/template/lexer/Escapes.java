package io.millrace.template.lexer;

import io.millrace.template.TemplateException;

/** The backslash escapes of string literals, by Python's codec {@code unicode-escape}. */
final class Escapes {
  private static final String PLAIN = "abfnrtv\\'\"";
  private static final String MEANING = "\u0007\b\f\n\r\t\u000b\\'\"";

  private final String literal;
  private final StringBuilder out = new StringBuilder();
  private int position;

  private Escapes(String literal) {
    this.literal = literal;
  }

  static String decode(String literal) {
    if (literal.indexOf('\\') < 0) {
      return literal;
    }
    Escapes escapes = new Escapes(literal);
    escapes.run();
    return escapes.out.toString();
  }

  private void run() {
    while (position < literal.length()) {
      char c = literal.charAt(position++);
      if (c != '\\') {
        out.append(c);
      } else {
        escape(literal.charAt(position));
      }
    }
  }

  private void escape(char c) {
    int plain = PLAIN.indexOf(c);
    if (plain >= 0) {
      out.append(MEANING.charAt(plain));
      position++;
    } else if (c == '\n') {
      position++;
    } else if (c >= '0' && c <= '7') {
      octal();
    } else if (c == 'x') {
      hexadecimal(2, "\\xXX");
    } else if (c == 'u') {
      hexadecimal(4, "\\uXXXX");
    } else if (c == 'U') {
      hexadecimal(8, "\\UXXXXXXXX");
    } else if (c == 'N') {
      named();
    } else if (c > '~') {
      nonAscii();
    } else {
      out.append('\\');
    }
  }

  private void octal() {
    int end = position;
    while (end < Math.min(position + 3, literal.length())
        && literal.charAt(end) >= '0'
        && literal.charAt(end) <= '7') {
      end++;
    }
    out.appendCodePoint(Integer.parseInt(literal.substring(position, end), 8));
    position = end;
  }

  private void hexadecimal(int digits, String form) {
    int start = position + 1;
    int end = start + digits;
    boolean complete =
        end <= literal.length()
            && literal
                .substring(start, end)
                .chars()
                .allMatch(c -> c < 0x80 && Character.digit(c, 16) >= 0);
    if (!complete) {
      throw new TemplateException("truncated " + form + " escape");
    }
    long value = Long.parseLong(literal.substring(start, end), 16);
    if (value > Character.MAX_CODE_POINT) {
      throw new TemplateException("illegal Unicode character");
    }
    out.appendCodePoint((int) value);
    position = end;
  }

  private void named() {
    int end = literal.indexOf('}', position);
    if (!literal.startsWith("N{", position) || end < 0) {
      throw new TemplateException("malformed \\N character escape");
    }
    try {
      out.appendCodePoint(Character.codePointOf(literal.substring(position + 2, end)));
    } catch (IllegalArgumentException e) {
      throw new TemplateException("unknown Unicode character name");
    }
    position = end + 1;
  }

  /** Jinja2 writes such characters as escapes before it decodes, so a backslash hides theirs. */
  private void nonAscii() {
    int c = literal.codePointAt(position);
    String format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
    out.append(format.formatted(c));
    position += Character.charCount(c);
  }
}
