package io.millrace.template.lexer;

/**
 * A piece of a template.
 *
 * @param value text of data and names, the value of literals
 * @param line counted from 1
 */
public record Token(TokenKind kind, Object value, int line) {
  public boolean is(TokenKind wanted) {
    return kind == wanted;
  }

  /** Whether it is that word. */
  public boolean isName(String name) {
    return kind == TokenKind.NAME && value.equals(name);
  }

  /** What error messages call it. */
  public String description() {
    return kind == TokenKind.NAME ? text() : kind.description();
  }

  public String text() {
    return value.toString();
  }
}
