package io.millrace.engine;

import io.millrace.models.text.StopMatcher;
import io.millrace.models.text.StreamDecoder;

/** The text of one answer as its tokens come, up to the first stop string. */
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

  /** Takes the next token and returns the text that may be shown now. */
  String append(int token) {
    return show(stops.append(decoded(decoder.append(token))));
  }

  /** Ends the text that no stop string ended: what may be shown now. */
  String finish() {
    return show(stops.append(decoded(decoder.finish())) + stops.finish());
  }

  /** Whether a stop string ended it. */
  boolean stopped() {
    return stops.matched();
  }

  /** How long the text is, whether shown or not. */
  int length() {
    return length;
  }

  /** The same in characters rather than Java's halves of some. */
  int codePoints() {
    return codePoints;
  }

  /** How much of it was shown. */
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
