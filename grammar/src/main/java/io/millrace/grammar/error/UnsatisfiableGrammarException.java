package io.millrace.grammar.error;

/** No text satisfies the grammar. */
public final class UnsatisfiableGrammarException extends GrammarException {
  private static final long serialVersionUID = 1L;

  /** What cannot be satisfied. */
  public UnsatisfiableGrammarException(String message) {
    super(message);
  }
}
