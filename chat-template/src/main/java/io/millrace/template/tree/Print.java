package io.millrace.template.tree;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.value.Text;
import java.util.List;

/** <code>{{ expression }}</code>, or several in a {@code print} tag. */
public final class Print extends Statement {

  private final List<Expression> expressions;

  public Print(List<Expression> expressions, int line) {
    super(line);
    this.expressions = List.copyOf(expressions);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    for (Expression expression : expressions) {
      output.append(Text.str(expression.evaluate(scope), scope.budget()));
    }
    return Flow.NEXT;
  }
}
