package io.millrace.grammar.pattern;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.PatternSyntaxException;

/** Reads one escape of a regular expression that stands for characters. */
final class Escapes {
  private static final CodePoints DIGITS = CodePoints.range('0', '9');
  private static final CodePoints WORDS =
      DIGITS.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z')).or(CodePoints.of('_'));
  private static final CodePoints SPACES =
      CodePoints.of(
          "\t\n\u000b\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
              + "\u200a\u2028\u2029\u202f\u205f\u3000\ufeff");
  static final CodePoints NOT_LINE_END = CodePoints.of("\n\r\u2028\u2029").not();
  private static final String CONTROLS = "tnvfra";
  private static final String CONTROL_CHARS = "\t\n\u000b\f\r\u0007";
  private static final Map<String, CodePoints> PROPERTIES = new ConcurrentHashMap<>();

  private final String text;
  private int at;

  /** A reader at a backslash. */
  Escapes(String text, int at) {
    this.text = text;
    this.at = at + 1;
  }

  int end() {
    return at;
  }

  CodePoints read() {
    if (at >= text.length()) {
      throw malformed("a \\ at its end");
    }
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    return switch (c) {
      case 'd' -> DIGITS;
      case 'D' -> DIGITS.not();
      case 'w' -> WORDS;
      case 'W' -> WORDS.not();
      case 's' -> SPACES;
      case 'S' -> SPACES.not();
      case 'p' -> property();
      case 'P' -> property().not();
      case 'x' -> CodePoints.of(hex(2));
      case 'u' -> CodePoints.of(unicode());
      case 'c' -> CodePoints.of(control());
      case '0' -> CodePoints.of(0);
      default -> {
        int control = CONTROLS.indexOf(c);
        yield CodePoints.of(control >= 0 ? CONTROL_CHARS.charAt(control) : c);
      }
    };
  }

  private int control() {
    if (at >= text.length() || !Character.isLetter(text.charAt(at))) {
      throw malformed("a \\c without its letter");
    }
    return text.charAt(at++) & 0x1f;
  }

  private int unicode() {
    if (at < text.length() && text.charAt(at) == '{') {
      int close = text.indexOf('}', at);
      String digits = close < 0 ? "" : text.substring(at + 1, close);
      if (!digits.matches("[0-9a-fA-F]{1,6}") || Integer.parseInt(digits, 16) > 0x10ffff) {
        throw malformed("a \\u{...} that is no character");
      }
      at = close + 1;
      return Integer.parseInt(digits, 16);
    }
    int unit = hex(4);
    if (Character.isHighSurrogate((char) unit) && text.startsWith("\\u", at)) {
      at += 2;
      return Character.toCodePoint((char) unit, (char) hex(4));
    }
    return unit;
  }

  private int hex(int length) {
    int end = at + length;
    if (end > text.length() || !text.substring(at, end).matches("[0-9a-fA-F]+")) {
      throw malformed("an escape without its %d hexadecimal digits".formatted(length));
    }
    int value = Integer.parseInt(text.substring(at, end), 16);
    at = end;
    return value;
  }

  private CodePoints property() {
    int close = text.indexOf('}', at);
    if (at >= text.length() || text.charAt(at) != '{' || close < 0) {
      throw malformed("a \\p without its {name}");
    }
    String name = text.substring(at + 1, close);
    at = close + 1;
    return PROPERTIES.computeIfAbsent(name, this::characters);
  }

  private CodePoints characters(String name) {
    String javas =
        name.replaceFirst("^(Script|sc|Script_Extensions|scx)=", "Is")
            .replaceFirst("^(General_Category|gc)=", "")
            .replaceFirst("^Letter$", "L");
    try {
      var matcher = java.util.regex.Pattern.compile("\\p{" + javas + "}").matcher("");
      return CodePoints.where(c -> matcher.reset(Character.toString(c)).matches());
    } catch (PatternSyntaxException e) {
      throw new UnsupportedGrammarException(
          "\\p{" + GrammarException.excerpt(name) + "}", "", "is a property that is not known");
    }
  }

  private GrammarSyntaxException malformed(String what) {
    return new GrammarSyntaxException(
        "regular expression '%s' has %s".formatted(GrammarException.excerpt(text), what));
  }
}
