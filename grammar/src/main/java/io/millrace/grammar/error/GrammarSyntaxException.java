package io.millrace.grammar.error;

/** A grammar is not written as its kind is written. */
public final class GrammarSyntaxException extends GrammarException {
  private static final long serialVersionUID = 1L;

  /** What is wrong, and where. */
  public GrammarSyntaxException(String message) {
    super(message);
  }
}
