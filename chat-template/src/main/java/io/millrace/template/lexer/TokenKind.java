package io.millrace.template.lexer;

/** The kind of a token. */
public enum TokenKind {
  DATA("template data / text"),
  BLOCK_BEGIN("begin of statement block"),
  BLOCK_END("end of statement block"),
  VARIABLE_BEGIN("begin of print statement"),
  VARIABLE_END("end of print statement"),
  NAME("name"),
  STRING("string"),
  INTEGER("integer"),
  FLOAT("float"),
  ADD("+"),
  SUB("-"),
  DIV("/"),
  FLOORDIV("//"),
  MUL("*"),
  MOD("%"),
  POW("**"),
  TILDE("~"),
  LBRACKET("["),
  RBRACKET("]"),
  LPAREN("("),
  RPAREN(")"),
  LBRACE("{"),
  RBRACE("}"),
  EQ("=="),
  NE("!="),
  GT(">"),
  GTEQ(">="),
  LT("<"),
  LTEQ("<="),
  ASSIGN("="),
  DOT("."),
  COLON(":"),
  PIPE("|"),
  COMMA(","),
  SEMICOLON(";"),
  EOF("end of template");

  private final String description;

  TokenKind(String description) {
    this.description = description;
  }

  /** What error messages call it; an operator is called by itself. */
  public String description() {
    return description;
  }
}
