package io.millrace.template.expression;

import io.millrace.template.TemplateException;
import io.millrace.template.library.Filter;
import io.millrace.template.library.Filters;
import io.millrace.template.value.Sequences;
import org.jspecify.annotations.Nullable;

/** {@code value|filter(arguments)}. */
final class FilterCall extends Expression {
  private final String name;
  private final @Nullable Filter filter;
  private final Expression operand;
  private final ArgumentList arguments;

  FilterCall(String name, Expression operand, ArgumentList arguments) {
    super(arguments.expressions(operand));
    this.name = name;
    this.filter = Filters.named(name);
    this.operand = operand;
    this.arguments = arguments;
  }

  boolean isKnown() {
    return filter != null;
  }

  @Override
  protected Object value(Scope scope) {
    if (filter == null) {
      throw new TemplateException("No filter named '" + name + "' found.");
    }
    Object value = operand.evaluate(scope);
    Sequences.scan(value, scope.budget());
    return filter.apply(value, arguments.evaluate(scope), scope.budget());
  }
}
