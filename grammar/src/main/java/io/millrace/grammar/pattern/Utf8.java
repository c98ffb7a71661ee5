package io.millrace.grammar.pattern;

import io.millrace.grammar.regex.ByteSet;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sets of characters as languages of bytes (Cox, "Regular Expression Matching in the Wild"). */
final class Utf8 {
  /** The last characters of one, two, three and four bytes. */
  private static final int[] LASTS = {0x7f, 0x7ff, 0xffff, 0x10ffff};

  private Utf8() {}

  static Regex of(CodePoints set, RegexPool pool) {
    List<Regex> branches = new ArrayList<>();
    for (CodePoints.Range range : set.ranges()) {
      int low = range.low();
      for (int last : LASTS) {
        if (low <= last && low <= range.high()) {
          int high = Math.min(last, range.high());
          branches.add(sameLength(bytes(low), bytes(high), 0, pool));
          low = high + 1;
        }
      }
    }
    return pool.alt(branches);
  }

  private static byte[] bytes(int codePoint) {
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
  }

  /** The texts from {@code low} to {@code high}, from a byte on, whose later bytes are 80 to BF. */
  private static Regex sameLength(byte[] low, byte[] high, int at, RegexPool pool) {
    int first = low[at] & 0xff;
    int last = high[at] & 0xff;
    if (at == low.length - 1) {
      return pool.bytes(ByteSet.range(first, last));
    }
    if (first == last) {
      return pool.concat(pool.bytes(ByteSet.of(first)), sameLength(low, high, at + 1, pool));
    }
    List<Regex> branches = new ArrayList<>(3);
    if (!all(low, at + 1, 0x80)) {
      branches.add(
          pool.concat(
              pool.bytes(ByteSet.of(first)), sameLength(low, fill(low, 0xbf, at), at + 1, pool)));
      first++;
    }
    if (!all(high, at + 1, 0xbf)) {
      branches.add(
          pool.concat(
              pool.bytes(ByteSet.of(last)), sameLength(fill(high, 0x80, at), high, at + 1, pool)));
      last--;
    }
    if (first <= last) {
      Regex tail = pool.epsilon();
      for (int i = at + 1; i < low.length; i++) {
        tail = pool.concat(pool.bytes(ByteSet.range(0x80, 0xbf)), tail);
      }
      branches.add(pool.concat(pool.bytes(ByteSet.range(first, last)), tail));
    }
    return pool.alt(branches);
  }

  private static boolean all(byte[] text, int from, int value) {
    for (int i = from; i < text.length; i++) {
      if ((text[i] & 0xff) != value) {
        return false;
      }
    }
    return true;
  }

  private static byte[] fill(byte[] text, int value, int at) {
    byte[] filled = text.clone();
    for (int i = at + 1; i < filled.length; i++) {
      filled[i] = (byte) value;
    }
    return filled;
  }
}
