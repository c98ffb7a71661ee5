package io.millrace.standalone.chat;

import java.util.regex.Pattern;

/**
 * Text of a model as a terminal may have it: without what would move its cursor or name its window.
 */
final class PlainText {
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

  private PlainText() {}

  static String of(String text) {
    return CONTROL.matcher(text).replaceAll("");
  }
}
