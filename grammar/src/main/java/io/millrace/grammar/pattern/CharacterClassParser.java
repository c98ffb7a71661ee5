package io.millrace.grammar.pattern;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarSyntaxException;
import java.util.function.IntConsumer;

/** Reads what stands between [ and ]. */
final class CharacterClassParser {
  private final String text;
  private final IntConsumer end;
  private int at;

  /**
   * A reader at a bracket.
   *
   * @param end is told where the class ends
   */
  CharacterClassParser(String text, int at, IntConsumer end) {
    this.text = text;
    this.at = at + 1;
    this.end = end;
  }

  CodePoints parse() {
    boolean negated = peek('^');
    if (negated) {
      at++;
    }
    CodePoints set = CodePoints.NONE;
    while (!peek(']')) {
      set = set.or(member());
    }
    end.accept(at + 1);
    return negated ? set.not() : set;
  }

  private CodePoints member() {
    CodePoints low = one();
    if (!peek('-') || at + 1 < text.length() && text.charAt(at + 1) == ']' || !isSingle(low)) {
      return low;
    }
    int dash = at++;
    CodePoints high = one();
    if (!isSingle(high)) {
      return low.or(CodePoints.of('-')).or(high);
    }
    int first = low.ranges().get(0).low();
    int last = high.ranges().get(0).low();
    if (last < first) {
      throw malformed("a range out of order at " + dash);
    }
    return CodePoints.range(first, last);
  }

  private static boolean isSingle(CodePoints set) {
    return set.ranges().size() == 1 && set.ranges().get(0).low() == set.ranges().get(0).high();
  }

  private CodePoints one() {
    if (at >= text.length()) {
      throw malformed("a [ without its ]");
    }
    if (text.charAt(at) != '\\') {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      return CodePoints.of(codePoint);
    }
    if (text.startsWith("\\b", at)) {
      at += 2;
      return CodePoints.of('\b');
    }
    Escapes escapes = new Escapes(text, at);
    CodePoints set = escapes.read();
    at = escapes.end();
    return set;
  }

  private boolean peek(char c) {
    if (at >= text.length()) {
      throw malformed("a [ without its ]");
    }
    return text.charAt(at) == c;
  }

  private GrammarSyntaxException malformed(String what) {
    return new GrammarSyntaxException(
        "regular expression '%s' has %s".formatted(GrammarException.excerpt(text), what));
  }
}
