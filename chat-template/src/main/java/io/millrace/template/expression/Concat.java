package io.millrace.template.expression;

import io.millrace.template.value.Text;
import java.util.List;

/** {@code a ~ b}: both as text. */
final class Concat extends Expression {
  private final List<Expression> operands;

  Concat(List<Expression> operands) {
    super(operands);
    this.operands = List.copyOf(operands);
  }

  @Override
  protected Object value(Scope scope) {
    StringBuilder text = new StringBuilder();
    for (Expression operand : operands) {
      text.append(Text.str(operand.evaluate(scope), scope.budget()));
      scope.budget().checkLength(text.length());
    }
    scope.budget().produce(text.length());
    return text.toString();
  }
}
