package io.millrace.template.expression;

import io.millrace.template.TemplateException;
import io.millrace.template.library.Test;
import io.millrace.template.library.Tests;
import io.millrace.template.value.Sequences;
import org.jspecify.annotations.Nullable;

/** {@code value is test(arguments)}. */
final class TestCall extends Expression {
  private final String name;
  private final @Nullable Test test;
  private final Expression operand;
  private final ArgumentList arguments;

  TestCall(String name, Expression operand, ArgumentList arguments) {
    super(arguments.expressions(operand));
    this.name = name;
    this.test = Tests.named(name);
    this.operand = operand;
    this.arguments = arguments;
  }

  boolean isKnown() {
    return test != null;
  }

  @Override
  protected Object value(Scope scope) {
    if (test == null) {
      throw new TemplateException("No test named '" + name + "' found.");
    }
    Object value = operand.evaluate(scope);
    Sequences.scan(value, scope.budget());
    return test.test(value, arguments.evaluate(scope), scope.budget());
  }
}
