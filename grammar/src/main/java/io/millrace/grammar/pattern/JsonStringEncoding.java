package io.millrace.grammar.pattern;

import io.millrace.grammar.regex.ByteSet;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Characters as they stand inside a JSON string, each in exactly one way: escaped only where JSON
 * wants it. So a condition on a text and its complement are conditions on bytes.
 */
public final class JsonStringEncoding extends TextEncoding {
  private static final String SHORT = "\"\\\b\f\n\r\t";
  private static final String SHORT_LETTERS = "\"\\bfnrt";
  private static final CodePoints CONTROLS = CodePoints.range(0, 0x1f);
  private static final CodePoints ESCAPED = CONTROLS.or(CodePoints.of("\"\\"));

  /** Terms are made in {@code pool}. */
  public JsonStringEncoding(RegexPool pool) {
    super(pool);
  }

  @Override
  Regex encode(CodePoints set) {
    List<Regex> branches = new ArrayList<>();
    branches.add(Utf8.of(set.and(ESCAPED.not()), pool()));
    for (CodePoints.Range range : set.and(ESCAPED).ranges()) {
      for (int c = range.low(); c <= range.high(); c++) {
        branches.add(pool().literal(escape(c)));
      }
    }
    return pool().alt(branches);
  }

  /** A text as it stands between the quotes. */
  public static byte[] bytes(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text.codePoints()
        .mapToObj(c -> ESCAPED.contains(c) ? escape(c) : Character.toString(c))
        .forEach(it -> out.writeBytes(it.getBytes(StandardCharsets.UTF_8)));
    return out.toByteArray();
  }

  private static String escape(int c) {
    int at = SHORT.indexOf(c);
    return at >= 0 ? "\\" + SHORT_LETTERS.charAt(at) : "\\u%04x".formatted(c);
  }

  /** The inside of any JSON string, with all escapes that JSON has; surrogates come in pairs. */
  public static Regex anyInside(RegexPool pool) {
    Regex backslash = pool.literal("\\");
    Regex hex = pool.bytes(ByteSet.of("0123456789abcdefABCDEF"));
    Regex high = pool.bytes(ByteSet.of("89abAB"));
    Regex low = pool.bytes(ByteSet.of("cdefCDEF"));
    Regex d = pool.bytes(ByteSet.of("dD"));
    Regex u = pool.literal("u");
    Regex notD = pool.bytes(ByteSet.of("0123456789abcefABCEF"));
    Regex below = pool.bytes(ByteSet.of("01234567"));
    Regex single = pool.alt(pool.concat(notD, hex), pool.concat(d, below));
    Regex lone = pool.concat(List.of(u, single, hex, hex));
    Regex pair = pool.concat(List.of(u, d, high, hex, hex, pool.literal("\\u"), d, low, hex, hex));
    Regex escape =
        pool.concat(backslash, pool.alt(List.of(pool.bytes(ByteSet.of("\"\\/bfnrt")), lone, pair)));
    return pool.star(pool.alt(Utf8.of(ESCAPED.not(), pool), escape));
  }
}
