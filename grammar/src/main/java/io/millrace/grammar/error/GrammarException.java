package io.millrace.grammar.error;

/** A grammar cannot be obeyed as it is given; the message says why, for the one who wrote it. */
public abstract sealed class GrammarException extends RuntimeException
    permits GrammarLimitException,
        GrammarSyntaxException,
        UnsatisfiableGrammarException,
        UnsupportedGrammarException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_REPEATED = 64;

  GrammarException(String message) {
    super(message);
  }

  /** The beginning of a client's text, as it may be repeated in a message. */
  public static String excerpt(String text) {
    return text.length() <= MOST_REPEATED ? text : text.substring(0, MOST_REPEATED - 1) + "…";
  }
}
