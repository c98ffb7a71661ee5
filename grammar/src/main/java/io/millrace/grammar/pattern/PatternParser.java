package io.millrace.grammar.pattern;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import io.millrace.grammar.regex.Regex;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads regular expressions as ECMAScript has them (with its {@code u} flag, as JSON Schema wants),
 * and Python's {@code (?P<name>}, {@code \A} and {@code \Z}.
 */
final class PatternParser {
  private static final int MOST_REPETITIONS = 100_000;
  private static final int DEEPEST = 200;

  private final String text;
  private int at;
  private int depth;

  private PatternParser(String text) {
    this.text = text;
  }

  static Pattern parse(String text) {
    PatternParser parser = new PatternParser(text);
    Pattern pattern = parser.choice();
    if (parser.at < text.length()) {
      throw parser.malformed("a ) too many");
    }
    return pattern;
  }

  private Pattern choice() {
    if (++depth > DEEPEST) {
      throw new GrammarLimitException("a regular expression", DEEPEST, "groups inside each other");
    }
    List<Pattern> branches = new ArrayList<>();
    branches.add(sequence());
    while (skip("|")) {
      branches.add(sequence());
    }
    depth--;
    return branches.size() == 1 ? branches.get(0) : new Pattern.Choice(branches);
  }

  private Pattern sequence() {
    List<Pattern> parts = new ArrayList<>();
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      parts.add(quantified(atom()));
    }
    return parts.size() == 1 ? parts.get(0) : new Pattern.Sequence(parts);
  }

  private Pattern quantified(Pattern atom) {
    Pattern result = atom;
    while (at < text.length()) {
      int begin = at;
      int[] bounds = bounds();
      if (bounds == null) {
        return result;
      }
      if (result instanceof Pattern.Start || result instanceof Pattern.End) {
        at = begin;
        throw malformed("nothing to repeat");
      }
      result = new Pattern.Repeat(result, bounds[0], bounds[1]);
      if (at < text.length() && text.charAt(at) == '+') {
        throw new UnsupportedGrammarException(
            "a possessive repetition", "", "in a regular expression cannot be enforced");
      }
      skip("?");
    }
    return result;
  }

  private int @Nullable [] bounds() {
    switch (text.charAt(at)) {
      case '*':
        at++;
        return new int[] {0, Regex.UNBOUNDED};
      case '+':
        at++;
        return new int[] {1, Regex.UNBOUNDED};
      case '?':
        at++;
        return new int[] {0, 1};
      case '{':
        return braces();
      default:
        return null;
    }
  }

  /** Braces that are no repetition stand for themselves, as in most dialects. */
  private int @Nullable [] braces() {
    int close = text.indexOf('}', at);
    String inside = close < 0 ? "" : text.substring(at + 1, close);
    if (!inside.matches("\\d{1,9}(,\\d{0,9})?|,\\d{1,9}")) {
      return null;
    }
    at = close + 1;
    int comma = inside.indexOf(',');
    String low = comma < 0 ? inside : inside.substring(0, comma);
    String high = comma < 0 ? inside : inside.substring(comma + 1);
    int least = low.isEmpty() ? 0 : Integer.parseInt(low);
    int most = high.isEmpty() ? Regex.UNBOUNDED : Integer.parseInt(high);
    if (Math.max(least, most) > MOST_REPETITIONS) {
      throw new GrammarLimitException("a regular expression", MOST_REPETITIONS, "repetitions");
    }
    if (most != Regex.UNBOUNDED && most < least) {
      throw malformed("a repetition whose bounds are out of order");
    }
    return new int[] {least, most};
  }

  private Pattern atom() {
    char c = text.charAt(at);
    switch (c) {
      case '(':
        return group();
      case '[':
        return new Pattern.Chars(new CharacterClassParser(text, at, end -> at = end).parse());
      case '.':
        at++;
        return new Pattern.Chars(Escapes.NOT_LINE_END);
      case '^':
        at++;
        return new Pattern.Start();
      case '$':
        at++;
        return new Pattern.End();
      case '*', '+', '?':
        throw malformed("nothing to repeat");
      case '\\':
        return escape();
      default:
        int codePoint = text.codePointAt(at);
        at += Character.charCount(codePoint);
        return new Pattern.Chars(CodePoints.of(codePoint));
    }
  }

  private Pattern group() {
    at++;
    if (skip("?=")) {
      return new Pattern.Ahead(closed(), true);
    }
    if (skip("?!")) {
      return new Pattern.Ahead(closed(), false);
    }
    if (text.startsWith("?<=", at) || text.startsWith("?<!", at)) {
      throw new UnsupportedGrammarException(
          "a look behind", "", "in a regular expression cannot be enforced");
    }
    if (skip("?P<") || skip("?<")) {
      int close = text.indexOf('>', at);
      if (close < 0) {
        throw malformed("a group's name without its end");
      }
      at = close + 1;
    } else if (text.startsWith("?", at) && !skip("?:")) {
      throw new UnsupportedGrammarException(
          "(" + text.substring(at, Math.min(text.length(), at + 2)),
          "",
          "in a regular expression cannot be enforced");
    }
    return closed();
  }

  private Pattern closed() {
    Pattern inside = choice();
    if (!skip(")")) {
      throw malformed("a ( without its )");
    }
    return inside;
  }

  private Pattern escape() {
    if (skip("\\A")) {
      return new Pattern.Start();
    }
    if (skip("\\Z") || skip("\\z")) {
      return new Pattern.End();
    }
    if (text.startsWith("\\b", at) || text.startsWith("\\B", at)) {
      throw new UnsupportedGrammarException(
          "a word boundary", "", "in a regular expression cannot be enforced");
    }
    if (text.startsWith("\\k", at) || text.substring(at).matches("(?s)\\\\[1-9].*")) {
      throw new UnsupportedGrammarException(
          "a back reference", "", "in a regular expression cannot be enforced");
    }
    Escapes escapes = new Escapes(text, at);
    CodePoints set = escapes.read();
    at = escapes.end();
    return new Pattern.Chars(set);
  }

  private boolean skip(String expected) {
    if (text.startsWith(expected, at)) {
      at += expected.length();
      return true;
    }
    return false;
  }

  private GrammarSyntaxException malformed(String what) {
    return new GrammarSyntaxException(
        "regular expression '%s' has %s at %d".formatted(GrammarException.excerpt(text), what, at));
  }
}
