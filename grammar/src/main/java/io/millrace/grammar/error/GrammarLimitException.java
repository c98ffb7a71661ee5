package io.millrace.grammar.error;

/** A grammar is larger, deeper or harder than grammars may be. */
public final class GrammarLimitException extends GrammarException {
  private static final long serialVersionUID = 1L;

  /** The limit that was met: {@code what} needs more than {@code limit} {@code unit}. */
  public GrammarLimitException(String what, long limit, String unit) {
    super("%s needs more than %d %s".formatted(what, limit, unit));
  }
}
