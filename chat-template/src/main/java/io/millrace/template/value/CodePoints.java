package io.millrace.template.value;

import java.util.ArrayList;
import java.util.List;

/**
 * Strings by code point, as Python counts, indexes and compares them; Java does so by UTF-16 unit.
 */
final class CodePoints {
  private CodePoints() {}

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The UTF-16 position of the code point with that index. */
  static int offset(String text, int index) {
    // Where each code point is one unit, there is nothing to count.
    return length(text) == text.length() ? index : text.offsetByCodePoints(0, index);
  }

  /** Each code point as a string of its own. */
  static List<Object> characters(String text) {
    List<Object> characters = new ArrayList<>(text.length());
    for (int i = 0; i < text.length(); ) {
      int end = text.offsetByCodePoints(i, 1);
      characters.add(text.substring(i, end));
      i = end;
    }
    return characters;
  }

  static int compare(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        // Surrogates stand for code points above all other units.
        boolean sameKind = Character.isSurrogate(a) == Character.isSurrogate(b);
        return sameKind ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
