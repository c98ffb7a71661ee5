package io.millrace.grammar.rule;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import io.millrace.grammar.pattern.PatternCompiler;
import io.millrace.grammar.pattern.TextEncoding;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads GBNF, the notation of llama.cpp and of XGrammar's EBNF: {@code name ::= ...}, literals,
 * character classes, groups, {@code |}, {@code * + ? {m,n}} and comments from {@code #} on. A rule
 * ends with its line, unless a group is open or an alternative is to follow.
 */
final class GbnfParser {
  private static final int MOST_REPETITIONS = 10_000;
  private static final int DEEPEST = 200;

  private final String text;
  private final RegexPool pool;
  private final PatternCompiler patterns;
  private int at;
  private int depth;

  private GbnfParser(String text, RegexPool pool) {
    this.text = text;
    this.pool = pool;
    this.patterns = new PatternCompiler(TextEncoding.utf8(pool));
  }

  static Rules parse(String text, RegexPool pool) {
    return new GbnfParser(text, pool).rules();
  }

  private Rules rules() {
    Map<String, Expression> rules = new LinkedHashMap<>();
    space(true);
    while (at < text.length()) {
      String name = name();
      space(true);
      if (!skip("::=")) {
        throw malformed("no ::= behind the name of a rule");
      }
      space(true);
      if (rules.put(name, choice(false)) != null) {
        throw malformed("two rules '%s'".formatted(GrammarException.excerpt(name)));
      }
      space(true);
    }
    return new Rules(rules, "root");
  }

  private Expression choice(boolean nested) {
    if (++depth > DEEPEST) {
      throw new GrammarLimitException("the grammar", DEEPEST, "groups inside each other");
    }
    List<Expression> branches = new ArrayList<>();
    do {
      space(true);
      branches.add(sequence(nested));
      space(nested || nextIsAlternative());
    } while (skip("|"));
    depth--;
    return Expression.choice(branches);
  }

  /** An alternative may begin on the next line. */
  private boolean nextIsAlternative() {
    int before = at;
    space(true);
    boolean alternative = text.startsWith("|", at);
    at = before;
    return alternative;
  }

  private Expression sequence(boolean nested) {
    List<Expression> parts = new ArrayList<>();
    while (at < text.length() && "|)\n\r".indexOf(text.charAt(at)) < 0 && !isRuleHead()) {
      parts.add(repeated(element()));
      space(nested);
    }
    return Expression.sequence(parts);
  }

  private boolean isRuleHead() {
    int before = at;
    boolean head = false;
    if (isNamePart(text.charAt(at))) {
      name();
      space(false);
      head = text.startsWith("::=", at);
    }
    at = before;
    return head;
  }

  private Expression element() {
    char c = text.charAt(at);
    if (c == '"') {
      return new Expression.Terminal(pool.literal(literal()));
    }
    if (c == '[') {
      return new Expression.Terminal(patterns.whole(characterClass()));
    }
    if (c == '.') {
      at++;
      return new Expression.Terminal(patterns.whole("[^]"));
    }
    if (c == '(') {
      at++;
      Expression inside = choice(true);
      if (!skip(")")) {
        throw malformed("a ( without its )");
      }
      return inside;
    }
    if (c == '<' || c == '!') {
      throw new UnsupportedGrammarException(
          "a token (<...>)", "", "in a grammar cannot be enforced");
    }
    return new Expression.Name(name());
  }

  private Expression repeated(Expression element) {
    Expression result = element;
    while (at < text.length()) {
      if (skip("*")) {
        result = new Expression.Repeat(result, 0, Regex.UNBOUNDED);
      } else if (skip("+")) {
        result = new Expression.Repeat(result, 1, Regex.UNBOUNDED);
      } else if (skip("?")) {
        result = new Expression.Repeat(result, 0, 1);
      } else if (text.charAt(at) == '{') {
        result = braces(result);
      } else {
        return result;
      }
    }
    return result;
  }

  private Expression braces(Expression element) {
    int close = text.indexOf('}', at);
    String inside = close < 0 ? "" : text.substring(at + 1, close).replace(" ", "");
    if (!inside.matches("\\d{1,6}(,\\d{0,6})?")) {
      throw malformed("a repetition that is not {m}, {m,} or {m,n}");
    }
    at = close + 1;
    String[] bounds = inside.split(",", 2);
    int low = Integer.parseInt(bounds[0]);
    int high =
        bounds.length == 1
            ? low
            : bounds[1].isEmpty() ? Regex.UNBOUNDED : Integer.parseInt(bounds[1]);
    if (Math.max(low, high) > MOST_REPETITIONS) {
      throw new GrammarLimitException("the grammar", MOST_REPETITIONS, "repetitions");
    }
    if (high != Regex.UNBOUNDED && high < low) {
      throw malformed("a repetition whose bounds are out of order");
    }
    return new Expression.Repeat(element, low, high);
  }

  /** What stands between quotes. */
  private String literal() {
    StringBuilder out = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        out.append(escape());
      } else {
        out.append(text.charAt(at++));
      }
    }
    if (!skip("\"")) {
      throw malformed("a \" without its end");
    }
    return out.toString();
  }

  private String escape() {
    char kind = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    at += 2;
    if (digits == 0) {
      int known = "nrt".indexOf(kind);
      return known >= 0 ? String.valueOf("\n\r\t".charAt(known)) : String.valueOf(kind);
    }
    int end = Math.min(text.length(), at + digits);
    String hex = text.substring(at, end);
    if (!hex.matches("[0-9a-fA-F]{" + digits + "}")
        || !Character.isValidCodePoint((int) Long.parseLong(hex, 16))) {
      throw malformed("an escape that is no character");
    }
    at = end;
    return Character.toString(Integer.parseInt(hex, 16));
  }

  /** A class as regular expressions write it. */
  private String characterClass() {
    int begin = at++;
    while (at < text.length() && text.charAt(at) != ']') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    if (!skip("]")) {
      throw malformed("a [ without its ]");
    }
    return text.substring(begin, at)
        .replaceAll("\\\\U([0-9a-fA-F]{8})", "\\\\u{$1}")
        .replace("\\u{00", "\\u{");
  }

  private String name() {
    int begin = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    if (begin == at) {
      throw malformed("something that is no rule");
    }
    return text.substring(begin, at);
  }

  private static boolean isNamePart(char c) {
    return c < 128 && Character.isLetterOrDigit(c) || c == '-' || c == '_';
  }

  /** Skips spaces and comments, line ends as well if {@code lines}. */
  private void space(boolean lines) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (c == ' ' || c == '\t' || lines && (c == '\n' || c == '\r')) {
        at++;
      } else {
        return;
      }
    }
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
        "the grammar has %s at character %d (line %d)"
            .formatted(
                what,
                at,
                1
                    + text.substring(0, Math.min(at, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count()));
  }
}
