package io.millrace.template.lexer;

import io.millrace.template.TemplateException;
import java.util.List;

/** The tokens of a template, one of which is the current one. */
public final class TokenStream {
  private final List<Token> tokens;
  private int position;

  public TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  public Token current() {
    return tokens.get(position);
  }

  /** The token after the current one. */
  public Token look() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  /** Gives the current token and goes on to the next. */
  public Token next() {
    Token token = current();
    position = Math.min(position + 1, tokens.size() - 1);
    return token;
  }

  public boolean at(TokenKind kind) {
    return current().is(kind);
  }

  public boolean atName(String name) {
    return current().isName(name);
  }

  public boolean skipIf(TokenKind kind) {
    boolean skips = at(kind);
    if (skips) {
      next();
    }
    return skips;
  }

  public boolean skipIfName(String name) {
    boolean skips = atName(name);
    if (skips) {
      next();
    }
    return skips;
  }

  public Token expect(TokenKind kind) {
    if (!at(kind)) {
      throw unexpected(kind.description());
    }
    return next();
  }

  public Token expectName(String name) {
    if (!atName(name)) {
      throw unexpected(name);
    }
    return next();
  }

  private TemplateException unexpected(String wanted) {
    return at(TokenKind.EOF)
        ? fail("unexpected end of template, expected '%s'.".formatted(wanted))
        : fail("expected token '%s', got '%s'".formatted(wanted, current().description()));
  }

  /** An error at the current token. */
  public TemplateException fail(String message) {
    return new TemplateException(message).at(current().line());
  }
}
