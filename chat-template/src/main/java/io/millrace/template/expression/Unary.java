package io.millrace.template.expression;

import io.millrace.template.value.Operators;
import io.millrace.template.value.Truth;

/** {@code not x}, {@code -x} or {@code +x}. */
final class Unary extends Expression {
  private final Operator operator;
  private final Expression operand;

  Unary(Operator operator, Expression operand) {
    super(operand);
    this.operator = operator;
    this.operand = operand;
  }

  @Override
  protected Object value(Scope scope) {
    Object value = operand.evaluate(scope);
    return switch (operator) {
      case NOT -> !Truth.of(value);
      case NEGATE -> Operators.negate(value);
      case PLUS -> Operators.plus(value);
    };
  }

  enum Operator {
    NOT,
    NEGATE,
    PLUS
  }
}
