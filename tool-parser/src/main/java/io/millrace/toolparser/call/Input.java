package io.millrace.toolparser.call;

import io.millrace.toolparser.json.JsonText;

/** The text of an answer as far as it has come, and a place in it up to which it is read. */
public final class Input {
  private static final int COMPACT_FROM = 8 * 1024;

  /** How a word compares with what comes next. */
  public enum Match {
    FULL,
    /** What has come is the beginning of the word. */
    PARTIAL,
    NONE
  }

  private final StringBuilder text = new StringBuilder();
  private int at;
  private boolean ended;

  /** Adds text at the end. */
  public void append(String more) {
    text.append(more);
  }

  /** Says that no more text comes. */
  public void end() {
    ended = true;
  }

  /** Whether no more text comes. */
  public boolean hasEnded() {
    return ended;
  }

  /** Whether all that has come is read. */
  public boolean isEmpty() {
    return at == text.length();
  }

  /** The place, as {@link #rewind} takes it until the next {@link #forget}. */
  public int place() {
    return at;
  }

  /** Goes back to a place. */
  public void rewind(int place) {
    at = place;
  }

  /**
   * Lets go of the text before a place.
   *
   * @return by how much all places are smaller now
   */
  public int forget(int place) {
    if (place < COMPACT_FROM) {
      return 0;
    }
    text.delete(0, place);
    at -= place;
    return place;
  }

  /** The next character, which stays. */
  public char peek() {
    return text.charAt(at);
  }

  /** Reads the next character. */
  public char next() {
    return text.charAt(at++);
  }

  /** Reads some characters. */
  public void skip(int length) {
    at += length;
  }

  /** Reads white space. */
  public void skipSpace() {
    while (!isEmpty() && JsonText.isSpace(peek())) {
      at++;
    }
  }

  /** Compares what comes next with a word. */
  public Match match(String word) {
    return match(word, 0);
  }

  /** Compares what comes some characters later with a word. */
  Match match(String word, int later) {
    int from = at + later;
    int length = Math.min(word.length(), text.length() - from);
    for (int i = 0; i < length; i++) {
      if (text.charAt(from + i) != word.charAt(i)) {
        return Match.NONE;
      }
    }
    return length == word.length() ? Match.FULL : Match.PARTIAL;
  }

  /** How many characters of white space come, from some characters later on. */
  int spaceFrom(int later) {
    int length = 0;
    while (at + later + length < text.length()
        && JsonText.isSpace(text.charAt(at + later + length))) {
      length++;
    }
    return length;
  }

  /** Reads a word if it comes next. */
  Match take(String word) {
    Match match = match(word);
    if (match == Match.FULL) {
      at += word.length();
    }
    return match;
  }

  /**
   * Reads the last word of a notation if it comes next; of a text that has ended, its beginning is
   * enough.
   */
  Match takeLast(String word) {
    Match match = take(word);
    if (match == Match.PARTIAL && ended) {
      at = text.length();
      return Match.FULL;
    }
    return match;
  }
}
