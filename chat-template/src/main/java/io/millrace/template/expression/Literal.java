package io.millrace.template.expression;

/** A constant. */
final class Literal extends Expression {
  private final Object constant;

  Literal(Object constant) {
    this.constant = constant;
  }

  @Override
  protected Object value(Scope scope) {
    return constant;
  }
}
