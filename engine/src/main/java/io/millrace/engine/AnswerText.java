package io.millrace.engine;

import io.millrace.models.text.StopMatcher;
import io.millrace.models.text.StreamDecoder;

/** The text of one answer, decoded token by token, up to the first stop string. */
final class AnswerText {
  private final StreamDecoder decoder;
  private final StopMatcher stops;
  private int length;
  private int codePoints;
  private int numShown;

  AnswerText(StreamDecoder decoder, StopMatcher stops) {
    this.decoder = decoder;
    this.stops = stops;
  }

  /**
   * Takes the next token and returns the text that may be shown now.
   *
   * @param mayStop whether a stop string that ends in this token ends the text
   */
  String append(int token, boolean mayStop) {
    return show(stops.append(decoded(decoder.append(token)), mayStop));
  }

  /** Ends a text that no stop string has ended, and returns the rest that may be shown. */
  String finish() {
    return show(stops.append(decoded(decoder.finish()), false) + stops.finish());
  }

  /** Whether a stop string has ended the text. */
  boolean stopped() {
    return stops.matched();
  }

  /** Length of the text in UTF-16 units, shown or not. */
  int length() {
    return length;
  }

  /** Length of the text in code points, shown or not. */
  int codePoints() {
    return codePoints;
  }

  /** Length of the shown text in UTF-16 units. */
  int numShown() {
    return numShown;
  }

  private String decoded(String more) {
    length += more.length();
    codePoints += more.codePointCount(0, more.length());
    return more;
  }

  private String show(String more) {
    numShown += more.length();
    return more;
  }
}
