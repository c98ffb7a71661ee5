package io.millrace.template.expression;

import java.util.Objects;

/** What the block of a {@code filter} or {@code set} tag gave, as the filters get it. */
final class Captured extends Expression {
  /** No name that a template can write. */
  static final String VARIABLE = "{captured}";

  @Override
  protected Object value(Scope scope) {
    return Objects.requireNonNull(scope.lookup(VARIABLE), "no block was captured");
  }
}
