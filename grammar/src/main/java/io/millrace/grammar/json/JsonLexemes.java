package io.millrace.grammar.json;

import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.regex.ByteSet;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.util.List;

/** The words of JSON, each with the whitespace that may stand before it. */
public final class JsonLexemes {
  private final RegexPool pool;
  private final Regex before;
  private final Regex afterSeparator;
  private final Regex quote;
  private final NumberText numbers;

  /** Words in {@code pool}, with whitespace as the setting says. */
  public JsonLexemes(RegexPool pool, Whitespace whitespace) {
    this.pool = pool;
    Regex all = pool.star(pool.bytes(ByteSet.of(" \t\n\r")));
    before = whitespace == Whitespace.ANY ? all : pool.epsilon();
    afterSeparator =
        switch (whitespace) {
          case COMPACT, ANY -> pool.epsilon();
          case SPACED -> pool.optional(pool.literal(" "));
        };
    quote = pool.literal("\"");
    numbers = new NumberText(pool);
  }

  /** One of the brackets. */
  public Regex bracket(String bracket) {
    return pool.concat(before, pool.literal(bracket));
  }

  /** A comma. */
  public Regex comma() {
    return pool.concat(List.of(before, pool.literal(","), afterSeparator));
  }

  /** What begins a key. */
  public Regex keyStart() {
    return pool.concat(before, quote);
  }

  /** The rest of a key with its colon, given what stands between its quotes. */
  public Regex key(Regex inside) {
    return pool.concat(List.of(inside, quote, before, pool.literal(":"), afterSeparator));
  }

  /** A value that is one word. */
  public Regex scalar(Regex word) {
    return pool.concat(before, word);
  }

  /** A string, given what stands between its quotes. */
  public Regex string(Regex inside) {
    return pool.concat(List.of(quote, inside, quote));
  }

  /** A string, by its text. */
  public Regex string(String text) {
    return string(pool.literal(JsonStringEncoding.bytes(text)));
  }

  /** The numbers. */
  public NumberText numbers() {
    return numbers;
  }

  /** The terms of these words. */
  public RegexPool pool() {
    return pool;
  }
}
