package io.millrace.engine.speculation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The index of one sequence's n-grams: where its last tokens stood before. To add a token and to
 * look for the last ones takes constant time: the shortest n-grams are chained by their hash, the
 * latest first, and only so many of a chain are compared, backwards from their ends.
 */
public final class NgramIndex {
  /** N-grams of a chain that are compared at most. */
  private static final int MOST_COMPARED = 16;

  private static final int NONE = -1;
  private static final int FEWEST_BUCKETS = 64;

  private final int shortest;
  private final int longest;
  private int[] tokens = new int[FEWEST_BUCKETS];

  /** [tokens] the end of the n-gram before that fell into the same bucket; -1 for none. */
  private int[] previous = new int[FEWEST_BUCKETS];

  /** Ends of the latest n-gram in each bucket; a power of two. */
  private int[] buckets = buckets(FEWEST_BUCKETS);

  private int size;

  /**
   * Where the last tokens stood before.
   *
   * @param next position of the token that followed them
   * @param length how many tokens are alike
   */
  public record Match(int next, int length) {
    /** The match when the token that followed has come again. */
    Match followed() {
      return new Match(next + 1, length + 1);
    }
  }

  /**
   * @param shortest tokens that must be alike
   * @param longest tokens that are compared at most
   */
  public NgramIndex(int shortest, int longest) {
    if (shortest < 1 || longest < shortest) {
      throw new IllegalArgumentException("n-grams of %d to %d".formatted(shortest, longest));
    }
    this.shortest = shortest;
    this.longest = longest;
  }

  /** How many tokens there are. */
  public int size() {
    return size;
  }

  /** The token at a position. */
  public int token(int position) {
    return tokens[position];
  }

  /** Takes the sequence's next token. */
  public void add(int token) {
    if (size == tokens.length) {
      grow();
    }
    tokens[size++] = token;
    link(size - 1);
  }

  /**
   * The longest run of last tokens that stood somewhere before, of equally long ones the latest;
   * null if there is none.
   */
  public @Nullable Match match() {
    if (size < shortest) {
      return null;
    }
    Match best = null;
    int at = previous[size - 1];
    for (int i = 0; i < MOST_COMPARED && at != NONE; i++) {
      int length = alike(at);
      if (length >= shortest && (best == null || length > best.length)) {
        best = new Match(at + 1, length);
        if (length == longest) {
          return best;
        }
      }
      at = previous[at];
    }
    return best;
  }

  /** How many tokens before and at a position are the last ones. */
  private int alike(int end) {
    int most = Math.min(longest, end + 1);
    int length = 0;
    while (length < most && tokens[end - length] == tokens[size - 1 - length]) {
      length++;
    }
    return length;
  }

  private void link(int end) {
    if (end + 1 < shortest) {
      previous[end] = NONE;
      return;
    }
    int bucket = bucket(end);
    previous[end] = buckets[bucket];
    buckets[bucket] = end;
  }

  /** The bucket of the n-gram that ends at a position. */
  private int bucket(int end) {
    long hash = 0;
    for (int i = end - shortest + 1; i <= end; i++) {
      hash = (hash + tokens[i] + 1) * 0x9E3779B97F4A7C15L;
    }
    return (int) (hash >>> 32) & (buckets.length - 1);
  }

  private void grow() {
    tokens = Arrays.copyOf(tokens, size * 2);
    previous = new int[size * 2];
    buckets = buckets(size * 2);
    for (int end = 0; end < size; end++) {
      link(end);
    }
  }

  private static int[] buckets(int count) {
    int[] buckets = new int[count];
    Arrays.fill(buckets, NONE);
    return buckets;
  }
}
