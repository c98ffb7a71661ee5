package io.millrace.template.expression;

import io.millrace.template.value.Truth;
import io.millrace.template.value.Undefined;
import org.jspecify.annotations.Nullable;

/** {@code a if condition else b}; without {@code else} it may be undefined. */
final class Conditional extends Expression {
  private final Expression condition;
  private final Expression then;
  private final @Nullable Expression otherwise;

  Conditional(Expression condition, Expression then, @Nullable Expression otherwise) {
    super(condition, then, otherwise == null ? then : otherwise);
    this.condition = condition;
    this.then = then;
    this.otherwise = otherwise;
  }

  @Override
  protected Object value(Scope scope) {
    if (Truth.of(condition.evaluate(scope))) {
      return then.evaluate(scope);
    } else if (otherwise != null) {
      return otherwise.evaluate(scope);
    }
    return Undefined.because(
        "the inline if-expression evaluated to false and no else section was defined.");
  }
}
