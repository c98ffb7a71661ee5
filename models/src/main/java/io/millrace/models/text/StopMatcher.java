package io.millrace.models.text;

import io.millrace.protocol.Unicode;
import java.util.List;

/**
 * A matcher of stop strings in streamed text: ends the text at the first of them, however it is cut
 * into pieces. The first is the one that is complete first; of several that end at the same
 * character it is the longest. Only a tail that may still become a stop string is held back.
 * Belongs to one thread.
 */
public final class StopMatcher {
  private final List<Needle> needles;
  private final boolean included;
  private final StringBuilder held = new StringBuilder();
  private boolean matched;

  /**
   * @param stops strings that end the text, none of them empty; none at all is allowed. Half a
   *     surrogate pair is read as U+FFFD, as in prompts: no character is cut in half.
   * @param included whether the one that ends the text is part of it
   */
  public StopMatcher(List<String> stops, boolean included) {
    this.included = included;
    this.needles = stops.stream().map(Unicode::toWellFormed).map(Needle::new).toList();
  }

  /** Takes the next piece, which may end the text, and returns the text that may be shown. */
  public String append(String piece) {
    return append(piece, true);
  }

  /**
   * Takes the next piece and returns the text that may be shown. After a match there is no more.
   *
   * @param mayMatch whether a stop string that ends in this piece ends the text
   */
  public String append(String piece, boolean mayMatch) {
    if (matched || needles.isEmpty()) {
      return matched ? "" : piece;
    }
    for (int i = 0; i < piece.length(); i++) {
      held.append(piece.charAt(i));
      int length = endingWith(piece.charAt(i));
      if (length > 0 && mayMatch) {
        matched = true;
        return release(included ? 0 : length, true);
      }
    }
    return release(longestBeginning(), false);
  }

  /** Whether a stop string was found. */
  public boolean matched() {
    return matched;
  }

  /** Ends a text that no stop string ended: what was held back. */
  public String finish() {
    return release(0, true);
  }

  /** The length of the longest stop string that this character completes; 0 for none. */
  private int endingWith(char next) {
    int longest = 0;
    for (Needle needle : needles) {
      if (needle.take(next)) {
        longest = Math.max(longest, needle.length());
      }
    }
    return longest;
  }

  private int longestBeginning() {
    return needles.stream().mapToInt(Needle::matching).max().orElse(0);
  }

  /** All of the held text but its last characters, which are kept or forgotten. */
  private String release(int but, boolean forget) {
    String released = held.substring(0, held.length() - but);
    held.delete(0, forget ? held.length() : released.length());
    return released;
  }

  /** One stop string, matched as Knuth, Morris and Pratt do (SIAM J. Comput. 6(2), 1977). */
  private static final class Needle {
    private final String text;

    /** For each prefix, the length of its longest proper prefix that is also its suffix. */
    private final int[] border;

    private int matching;

    Needle(String text) {
      this.text = text;
      this.border = new int[text.length() + 1];
      for (int i = 1, length = 0; i < text.length(); i++) {
        length = extended(length, text.charAt(i));
        border[i + 1] = length;
      }
    }

    boolean take(char next) {
      matching = extended(matching, next);
      boolean complete = matching == text.length();
      if (complete) {
        matching = border[matching];
      }
      return complete;
    }

    /** How many characters the text so far ends with that this string begins with. */
    int matching() {
      return matching;
    }

    int length() {
      return text.length();
    }

    private int extended(int length, char next) {
      int candidate = length;
      while (candidate > 0 && text.charAt(candidate) != next) {
        candidate = border[candidate];
      }
      return text.charAt(candidate) == next ? candidate + 1 : 0;
    }
  }
}
