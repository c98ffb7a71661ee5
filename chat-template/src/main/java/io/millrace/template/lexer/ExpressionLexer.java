package io.millrace.template.lexer;

import io.millrace.template.TemplateException;
import io.millrace.template.value.Numbers;
import io.millrace.template.value.StringCase;
import io.millrace.template.value.Strings;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens within one tag, up to its end; brackets in it have to match. */
final class ExpressionLexer {
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)(?:\\d++_)*+\\d++(?:(?:\\.(?:\\d++_)*+\\d++)?[eE][+-]?(?:\\d++_)*+\\d++"
              + "|\\.(?:\\d++_)*+\\d++)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
  private static final Map<String, TokenKind> OPERATORS = new HashMap<>();
  private static final int MAX_DIGITS = 4300;

  static {
    for (TokenKind kind : TokenKind.values()) {
      if (kind.ordinal() >= TokenKind.ADD.ordinal() && kind != TokenKind.EOF) {
        OPERATORS.put(kind.description(), kind);
      }
    }
  }

  private final String source;
  private final TokenKind end;
  private final List<Token> tokens;
  private final Matcher floats;
  private final Matcher integers;
  private final Deque<Character> open = new ArrayDeque<>();
  private int position;
  private int line;
  private char endSign;

  ExpressionLexer(String source, int position, int line, TokenKind end, List<Token> tokens) {
    this.source = source;
    this.position = position;
    this.line = line;
    this.end = end;
    this.tokens = tokens;
    this.floats = FLOAT.matcher(source).useTransparentBounds(true);
    this.integers = INTEGER.matcher(source);
  }

  /** Just after the end of the tag. */
  int position() {
    return position;
  }

  int line() {
    return line;
  }

  /** The sign before the end, or 0. */
  char endSign() {
    return endSign;
  }

  /** Reads to the end of the tag, or to that of the template where it is missing. */
  void run() {
    while (position < source.length() && !atEnd()) {
      char c = source.charAt(position);
      if (Strings.isSpace(c)) {
        line += c == '\n' ? 1 : 0;
        position++;
      } else if (!number() && !name() && !string(c)) {
        operator(c);
      }
    }
  }

  private boolean atEnd() {
    if (!open.isEmpty()) {
      return false;
    }
    String close = end == TokenKind.BLOCK_END ? "%}" : "}}";
    char sign = source.charAt(position);
    boolean signed =
        (sign == '-' || (sign == '+' && end == TokenKind.BLOCK_END))
            && source.startsWith(close, position + 1);
    if (!signed && !source.startsWith(close, position)) {
      return false;
    }
    endSign = signed ? sign : 0;
    position += signed ? 3 : 2;
    tokens.add(new Token(end, "", line));
    return true;
  }

  private boolean number() {
    if (floats.region(position, source.length()).lookingAt()) {
      add(TokenKind.FLOAT, Double.valueOf(floats.group().replace("_", "")), floats.end());
      return true;
    } else if (integers.region(position, source.length()).lookingAt()) {
      add(TokenKind.INTEGER, integer(integers.group().replace("_", "")), integers.end());
      return true;
    }
    return false;
  }

  private Object integer(String digits) {
    if (digits.length() > MAX_DIGITS) {
      throw fail("Exceeds the limit (4300 digits) for integer string conversion");
    }
    String prefix = digits.length() < 2 ? "" : Strings.lower(digits.substring(0, 2));
    int radix =
        switch (prefix) {
          case "0x" -> 16;
          case "0o" -> 8;
          case "0b" -> 2;
          default -> 10;
        };
    return Numbers.integer(
        radix == 10 ? new BigInteger(digits) : new BigInteger(digits.substring(2), radix));
  }

  private boolean name() {
    int to = position;
    while (to < source.length() && isNamePart(source.codePointAt(to))) {
      to += Character.charCount(source.codePointAt(to));
    }
    if (to == position) {
      return false;
    }
    String name = source.substring(position, to);
    if (!StringCase.isIdentifier(name)) {
      throw fail("Invalid character in identifier");
    }
    add(TokenKind.NAME, name, to);
    return true;
  }

  private static boolean isNamePart(int c) {
    return c == '_'
        || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
  }

  private boolean string(char quote) {
    if (quote != '\'' && quote != '"') {
      return false;
    }
    int to = position + 1;
    while (to < source.length() && source.charAt(to) != quote) {
      to += source.charAt(to) == '\\' ? 2 : 1;
    }
    if (to >= source.length()) {
      throw fail("unexpected char " + quote + " at " + position);
    }
    String literal = source.substring(position + 1, to);
    try {
      add(TokenKind.STRING, Escapes.decode(literal), to + 1);
    } catch (TemplateException e) {
      throw e.at(line);
    }
    line += (int) literal.chars().filter(c -> c == '\n').count();
    return true;
  }

  private void operator(char c) {
    int two = Math.min(position + 2, source.length());
    TokenKind kind = OPERATORS.get(source.substring(position, two));
    if (kind == null) {
      kind = OPERATORS.get(String.valueOf(c));
    }
    if (kind == null) {
      throw fail("unexpected char '%s' at %d".formatted(c, position));
    }
    balance(c);
    add(kind, kind.description(), position + kind.description().length());
  }

  private void balance(char c) {
    switch (c) {
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '{' -> open.push('}');
      case ')', ']', '}' -> {
        if (open.isEmpty()) {
          throw fail("unexpected '" + c + "'");
        }
        char expected = open.pop();
        if (expected != c) {
          throw fail("unexpected '%s', expected '%s'".formatted(c, expected));
        }
      }
      default -> {}
    }
  }

  private void add(TokenKind kind, Object value, int to) {
    tokens.add(new Token(kind, value, line));
    position = to;
  }

  private TemplateException fail(String message) {
    return new TemplateException(message).at(line);
  }
}
