package io.millrace.protocol;

/** The beginning of a text that a client sent: as much of it as a message repeats. */
public final class Excerpt {
  /** The most characters of a client's text that a message repeats. */
  public static final int MAX_CHARACTERS = 64;

  private static final String CUT = "...";

  private Excerpt() {}

  /** The text, or what fits of it before an ellipsis; no character is cut in half. */
  public static String of(String text) {
    if (text.length() <= MAX_CHARACTERS) {
      return text;
    }
    int end = MAX_CHARACTERS - CUT.length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
  }
}
