package io.millrace.grammar.error;

/** A grammar asks for something that cannot be enforced: it is refused, never ignored. */
public final class UnsupportedGrammarException extends GrammarException {
  private static final long serialVersionUID = 1L;
  private final String keyword;
  private final String pointer;

  /**
   * A refusal by name.
   *
   * @param keyword the keyword or construct
   * @param pointer where it stands: a JSON pointer, or empty
   * @param reason why it cannot be enforced
   */
  public UnsupportedGrammarException(String keyword, String pointer, String reason) {
    super("%s%s %s".formatted(keyword, pointer.isEmpty() ? "" : " at " + pointer, reason));
    this.keyword = keyword;
    this.pointer = pointer;
  }

  /** The keyword or construct that is refused. */
  public String keyword() {
    return keyword;
  }

  /** Where it stands: a JSON pointer, or empty. */
  public String pointer() {
    return pointer;
  }
}
