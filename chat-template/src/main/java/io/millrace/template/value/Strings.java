package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Strings and {@link Markup}, which is one too. */
public final class Strings {
  private Strings() {}

  public static boolean isString(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  /** The characters of a string. */
  public static String content(Object string) {
    return string instanceof Markup markup ? markup.content() : (String) string;
  }

  /** Text of the same type as another string. */
  public static Object like(Object string, String text) {
    return string instanceof Markup ? new Markup(text) : text;
  }

  /** {@code str.isspace} of one character: what {@code \s} matches in Python, too. */
  public static boolean isSpace(int c) {
    if (c < 0x80) {
      return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
    }
    return c == 0x85 || c == 0xa0 || Character.isSpaceChar(c);
  }

  /** The characters up to which lines go (str.splitlines). */
  static boolean isLineBreak(char c) {
    return (c >= '\n' && c <= '\r')
        || (c >= 0x1c && c <= 0x1e)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** Cuts what {@code chars} holds, or white space, from both ends. */
  public static String strip(String text, @Nullable String chars) {
    return stripRight(stripLeft(text, chars), chars);
  }

  public static String stripLeft(String text, @Nullable String chars) {
    int start = 0;
    while (start < text.length() && isStripped(text.codePointAt(start), chars)) {
      start += Character.charCount(text.codePointAt(start));
    }
    return text.substring(start);
  }

  public static String stripRight(String text, @Nullable String chars) {
    int end = text.length();
    while (end > 0 && isStripped(text.codePointBefore(end), chars)) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(0, end);
  }

  private static boolean isStripped(int c, @Nullable String chars) {
    return chars == null ? isSpace(c) : chars.indexOf(c) >= 0;
  }

  /** {@code str.capitalize}. */
  public static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int end = text.offsetByCodePoints(0, 1);
    return title(text.substring(0, end)) + lower(text.substring(end));
  }

  public static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  public static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  /** The upper case of one character at the start of a word. */
  static String title(String character) {
    int c = character.codePointAt(0);
    String upper = upper(character);
    boolean expands = upper.codePointCount(0, upper.length()) > 1;
    return expands && Character.toTitleCase(c) == c
        ? capitalizeExpansion(upper)
        : Character.toString(Character.toTitleCase(c));
  }

  private static String capitalizeExpansion(String upper) {
    int end = upper.offsetByCodePoints(0, 1);
    return upper.substring(0, end) + lower(upper.substring(end));
  }

  static String require(Object value, String what) {
    if (!isString(Undefined.require(value))) {
      throw new TemplateException(what + " must be str, not " + Types.name(value));
    }
    return content(value);
  }
}
