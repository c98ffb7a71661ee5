package io.millrace.template.expression;

import io.millrace.template.lexer.TokenKind;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Operators;

/** Arithmetic of two operands. */
final class Binary extends Expression {
  private final TokenKind operator;
  private final Expression left;
  private final Expression right;

  Binary(TokenKind operator, Expression left, Expression right) {
    super(left, right);
    this.operator = operator;
    this.left = left;
    this.right = right;
  }

  @Override
  protected Object value(Scope scope) {
    Object a = left.evaluate(scope);
    Object b = right.evaluate(scope);
    Budget budget = scope.budget();
    return switch (operator) {
      case ADD -> Operators.add(a, b, budget);
      case SUB -> Operators.subtract(a, b);
      case MUL -> Operators.multiply(a, b, budget);
      case DIV -> Operators.divide(a, b);
      case FLOORDIV -> Operators.floorDivide(a, b);
      case MOD -> Operators.modulo(a, b, budget);
      case POW -> Operators.power(a, b, budget);
      default -> throw new IllegalStateException("not an operator: " + operator);
    };
  }
}
