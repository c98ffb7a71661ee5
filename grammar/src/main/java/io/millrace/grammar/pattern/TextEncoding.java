package io.millrace.grammar.pattern;

import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.util.HashMap;
import java.util.Map;

/** How characters become bytes in an answer: as they are, or as inside a JSON string. */
public abstract class TextEncoding {
  private final RegexPool pool;
  private final Map<CodePoints, Regex> known = new HashMap<>();

  TextEncoding(RegexPool pool) {
    this.pool = pool;
  }

  /** Plain UTF-8. */
  public static TextEncoding utf8(RegexPool pool) {
    return new TextEncoding(pool) {
      @Override
      Regex encode(CodePoints set) {
        return Utf8.of(set, pool);
      }
    };
  }

  abstract Regex encode(CodePoints set);

  /** One character out of a set. */
  public final Regex of(CodePoints set) {
    return known.computeIfAbsent(set, this::encode);
  }

  /** Any character. */
  public final Regex any() {
    return of(CodePoints.ALL);
  }

  /** Any text. */
  public final Regex anyText() {
    return pool.star(any());
  }

  final RegexPool pool() {
    return pool;
  }
}
