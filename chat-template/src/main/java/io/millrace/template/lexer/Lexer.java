package io.millrace.template.lexer;

import io.millrace.template.TemplateException;
import io.millrace.template.value.Strings;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a template at its tags, and settles the white space around them. */
public final class Lexer {
  private static final Pattern RAW_BEGIN =
      Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:-%}\\s*|%})", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern RAW_END =
      Pattern.compile(
          "\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)", Pattern.UNICODE_CHARACTER_CLASS);

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;

  /** Whether what was read last ended a line; the start of the template counts. */
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
  }

  /**
   * The tokens of a template; the last is the end.
   *
   * @throws TemplateException if a tag is not closed, or holds what no token begins with
   */
  public static List<Token> tokenize(String template) {
    Lexer lexer = new Lexer(normalized(template));
    lexer.run();
    return lexer.tokens;
  }

  /** Newlines as {@code \n}; the one at the very end is not part of a template. */
  private static String normalized(String template) {
    String text = template.replace("\r\n", "\n").replace('\r', '\n');
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private void run() {
    while (position < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        data(source.substring(position));
        position = source.length();
      } else {
        tag(tag);
      }
    }
    tokens.add(new Token(TokenKind.EOF, "", line));
  }

  private int nextTag() {
    int brace = source.indexOf('{', position);
    while (brace >= 0 && brace + 1 < source.length()) {
      if ("%{#".indexOf(source.charAt(brace + 1)) >= 0) {
        return brace;
      }
      brace = source.indexOf('{', brace + 1);
    }
    return -1;
  }

  private void tag(int start) {
    String text = source.substring(position, start);
    char kind = source.charAt(start + 1);
    char sign = start + 2 < source.length() ? source.charAt(start + 2) : 0;
    boolean signed = sign == '-' || sign == '+';
    textBefore(text, signed ? sign : 0, kind == '{');
    Matcher raw = RAW_BEGIN.matcher(source).region(start, source.length());
    if (kind == '%' && raw.lookingAt()) {
      advance(start, raw.end());
      raw();
      return;
    }
    advance(start, start + (signed ? 3 : 2));
    switch (kind) {
      case '#' -> comment();
      case '{' -> expression(TokenKind.VARIABLE_BEGIN, TokenKind.VARIABLE_END);
      default -> expression(TokenKind.BLOCK_BEGIN, TokenKind.BLOCK_END);
    }
  }

  /** The text before a tag, as the tag's sign and lstrip_blocks leave it. */
  private void textBefore(String text, char sign, boolean variable) {
    String kept = text;
    if (sign == '-') {
      kept = Strings.stripRight(text, null);
    } else if (sign != '+' && !variable) {
      int lineStart = text.lastIndexOf('\n') + 1;
      boolean indents = (lineStart > 0 || lineStarting) && isBlank(text, lineStart);
      kept = indents ? text.substring(0, lineStart) : text;
    }
    data(kept);
    line += newlines(text) - newlines(kept);
  }

  private static boolean isBlank(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (!Strings.isSpace(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      tokens.add(new Token(TokenKind.DATA, text, line));
      line += newlines(text);
    }
  }

  private static int newlines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  /** Goes on to a position; what was passed ends a line or not. */
  private void advance(int from, int to) {
    line += newlines(source.substring(from, to));
    lineStarting = to > from && source.charAt(to - 1) == '\n';
    position = to;
  }

  private void raw() {
    Matcher end = RAW_END.matcher(source);
    if (position == source.length()) {
      return;
    } else if (!end.find(position)) {
      throw new TemplateException("Missing end of raw directive").at(line);
    }
    String sign = end.group(1);
    String text = source.substring(position, end.start());
    textBefore(text, sign.isEmpty() ? 0 : sign.charAt(0), false);
    advance(end.start(), end.end());
  }

  private void comment() {
    int end = source.indexOf("#}", position);
    if (position == source.length()) {
      return;
    } else if (end < 0) {
      throw new TemplateException("Missing end of comment tag").at(line);
    }
    boolean signed = end > position && "-+".indexOf(source.charAt(end - 1)) >= 0;
    char sign = signed ? source.charAt(end - 1) : 0;
    advance(position, afterTag(end + 2, sign, true));
  }

  /** Where the text goes on after a tag that ended at a position. */
  private int afterTag(int end, char sign, boolean trims) {
    int next = end;
    if (sign == '-') {
      while (next < source.length() && Strings.isSpace(source.charAt(next))) {
        next++;
      }
    } else if (sign != '+' && trims && next < source.length() && source.charAt(next) == '\n') {
      next++;
    }
    return next;
  }

  private void expression(TokenKind begin, TokenKind end) {
    tokens.add(new Token(begin, "", line));
    ExpressionLexer expression = new ExpressionLexer(source, position, line, end, tokens);
    expression.run();
    char sign = expression.endSign();
    int close = expression.position();
    line = expression.line();
    advance(close, afterTag(close, sign, end == TokenKind.BLOCK_END));
  }
}
