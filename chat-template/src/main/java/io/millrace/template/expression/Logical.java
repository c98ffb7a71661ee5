package io.millrace.template.expression;

import io.millrace.template.value.Truth;

/** {@code a and b}, {@code a or b}: one of the two values, as in Python. */
final class Logical extends Expression {
  private final boolean and;
  private final Expression left;
  private final Expression right;

  private Logical(boolean and, Expression left, Expression right) {
    super(left, right);
    this.and = and;
    this.left = left;
    this.right = right;
  }

  static Logical and(Expression left, Expression right) {
    return new Logical(true, left, right);
  }

  static Logical or(Expression left, Expression right) {
    return new Logical(false, left, right);
  }

  @Override
  protected Object value(Scope scope) {
    Object value = left.evaluate(scope);
    return Truth.of(value) == and ? right.evaluate(scope) : value;
  }
}
