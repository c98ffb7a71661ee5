package io.millrace.template.expression;

import io.millrace.template.TemplateException;
import java.util.List;

/** A node of a compiled expression. Immutable, so that threads can share it. */
public abstract class Expression {
  private static final int MAX_DEPTH = 400;

  private final int depth;

  protected Expression(Expression... operands) {
    this(List.of(operands));
  }

  protected Expression(List<Expression> operands) {
    int deepest = 0;
    for (Expression operand : operands) {
      deepest = Math.max(deepest, operand.depth);
    }
    this.depth = deepest + 1;
    if (depth > MAX_DEPTH) {
      throw new TemplateException(
          "the expression is nested deeper than %d levels".formatted(MAX_DEPTH));
    }
  }

  /** Levels of expressions within each other, this one included. */
  public final int depth() {
    return depth;
  }

  public final Object evaluate(Scope scope) {
    scope.budget().step();
    return value(scope);
  }

  protected abstract Object value(Scope scope);
}
