package io.millrace.grammar.regex;

/** A set of bytes: one bit for each of 256. */
public record ByteSet(long w0, long w1, long w2, long w3) {
  public static final ByteSet NONE = new ByteSet(0, 0, 0, 0);
  public static final ByteSet ALL = new ByteSet(-1, -1, -1, -1);

  /** The bytes from {@code low} to {@code high}, both included and both 0 to 255. */
  public static ByteSet range(int low, int high) {
    long[] words = new long[4];
    for (int b = low; b <= high; b++) {
      words[b >> 6] |= 1L << b;
    }
    return new ByteSet(words[0], words[1], words[2], words[3]);
  }

  /** One byte, 0 to 255. */
  public static ByteSet of(int b) {
    return range(b, b);
  }

  /** The characters of an ASCII text. */
  public static ByteSet of(String ascii) {
    ByteSet set = NONE;
    for (int i = 0; i < ascii.length(); i++) {
      set = set.or(of(ascii.charAt(i)));
    }
    return set;
  }

  /** Whether {@code b}, 0 to 255, is in the set. */
  public boolean contains(int b) {
    long word =
        switch (b >> 6) {
          case 0 -> w0;
          case 1 -> w1;
          case 2 -> w2;
          default -> w3;
        };
    return (word >>> b & 1) != 0;
  }

  public ByteSet or(ByteSet other) {
    return new ByteSet(w0 | other.w0, w1 | other.w1, w2 | other.w2, w3 | other.w3);
  }

  public ByteSet and(ByteSet other) {
    return new ByteSet(w0 & other.w0, w1 & other.w1, w2 & other.w2, w3 & other.w3);
  }

  public ByteSet not() {
    return new ByteSet(~w0, ~w1, ~w2, ~w3);
  }

  public boolean isEmpty() {
    return (w0 | w1 | w2 | w3) == 0;
  }

  /** How many bytes there are. */
  public int size() {
    return Long.bitCount(w0) + Long.bitCount(w1) + Long.bitCount(w2) + Long.bitCount(w3);
  }

  /** The lowest byte that is at least {@code from}, or -1. */
  public int next(int from) {
    for (int b = from; b < 256; b++) {
      if (contains(b)) {
        return b;
      }
    }
    return -1;
  }
}
