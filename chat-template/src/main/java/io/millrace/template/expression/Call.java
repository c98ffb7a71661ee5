package io.millrace.template.expression;

import io.millrace.template.TemplateException;
import io.millrace.template.value.Access;
import io.millrace.template.value.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code function(arguments)}. */
public final class Call extends Expression {
  private final Expression function;
  private final ArgumentList arguments;

  Call(Expression function, ArgumentList arguments) {
    super(arguments.expressions(function));
    this.function = function;
    this.arguments = arguments;
  }

  @Override
  protected Object value(Scope scope) {
    Object callee = function.evaluate(scope);
    return Access.call(callee, arguments.evaluate(scope), scope.budget());
  }

  /** The same call with one more argument by name: what a {@code call} tag passes its block as. */
  public Object evaluateWith(Scope scope, String name, Object value) {
    Object callee = function.evaluate(scope);
    Arguments given = arguments.evaluate(scope);
    Map<String, Object> named = new LinkedHashMap<>(given.named());
    if (named.put(name, value) != null) {
      throw new TemplateException("got multiple values for keyword argument '" + name + "'");
    }
    return Access.call(callee, new Arguments(given.positional(), named), scope.budget());
  }
}
