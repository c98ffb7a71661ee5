package io.millrace.template.expression;

import io.millrace.template.value.Slice;

/** {@code owner[start:stop:step]}; a bound that is not given is None. */
final class SliceAccess extends Expression {
  private final Expression owner;
  private final Expression start;
  private final Expression stop;
  private final Expression step;

  SliceAccess(Expression owner, Expression start, Expression stop, Expression step) {
    super(owner, start, stop, step);
    this.owner = owner;
    this.start = start;
    this.stop = stop;
    this.step = step;
  }

  @Override
  protected Object value(Scope scope) {
    return Slice.of(
        owner.evaluate(scope),
        start.evaluate(scope),
        stop.evaluate(scope),
        step.evaluate(scope),
        scope.budget());
  }
}
