package io.millrace.endtoend.chaos;

/** How a text differs from the one that it should be. */
final class Difference {
  private static final int AROUND = 30;

  private Difference() {}

  static String of(String text, String expected) {
    int at = 0;
    int shorter = Math.min(text.length(), expected.length());
    while (at < shorter && text.charAt(at) == expected.charAt(at)) {
      at++;
    }
    return "%d characters for %d, from %d on \"%s\" for \"%s\""
        .formatted(text.length(), expected.length(), at, around(text, at), around(expected, at));
  }

  private static String around(String text, int at) {
    return text.substring(at, Math.min(text.length(), at + AROUND)).replace('\n', ' ');
  }
}
