package io.millrace.protocol;

/** Texts as Unicode has them: JSON's escapes can spell halves of characters, and UTF-8 cannot. */
public final class Unicode {
  private static final char REPLACEMENT = '\uFFFD';

  private Unicode() {}

  /** The text with U+FFFD for each half of a surrogate pair that stands alone. */
  public static String toWellFormed(String text) {
    if (text.codePoints().noneMatch(Unicode::isSurrogate)) {
      return text;
    }
    StringBuilder replaced = new StringBuilder(text.length());
    text.codePoints().map(c -> isSurrogate(c) ? REPLACEMENT : c).forEach(replaced::appendCodePoint);
    return replaced.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
