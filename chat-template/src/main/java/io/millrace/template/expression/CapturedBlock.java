package io.millrace.template.expression;

import java.util.Objects;

/** The rendered block of a {@code filter} or {@code set} tag, as input of its filters. */
final class CapturedBlock extends Expression {
  /** No name that a template can write. */
  static final String VARIABLE = "{captured}";

  @Override
  protected Object value(Scope scope) {
    return Objects.requireNonNull(scope.lookup(VARIABLE), "no block was captured");
  }
}
