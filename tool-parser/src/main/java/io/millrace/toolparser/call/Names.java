package io.millrace.toolparser.call;

/** Names of functions and parameters, read up to what follows them. */
public final class Names {
  /** OpenAI allows 64; some notations put a word before. */
  public static final int MAX_LENGTH = 256;

  private Names() {}

  /** Whether a function's name may have the character. */
  static boolean allows(char c) {
    return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || "_-.:/".indexOf(c) >= 0;
  }

  /** Whether every notation reads the text as a name. */
  public static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> allows((char) c));
  }

  /** Reads characters of a name; false if it is too long. */
  static boolean read(Input in, StringBuilder name) {
    while (!in.isEmpty() && allows(in.peek())) {
      name.append(in.next());
    }
    return name.length() <= MAX_LENGTH;
  }

  /** Reads what comes before a character, on the same line; false if it is too long. */
  static boolean readUntil(char end, Input in, StringBuilder name) {
    while (!in.isEmpty() && in.peek() != end && in.peek() != '\n') {
      name.append(in.next());
    }
    return name.length() <= MAX_LENGTH;
  }
}
