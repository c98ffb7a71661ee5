package io.millrace.template.value;

import io.millrace.template.limit.Budget;

/** What a template can call: a function, a method bound to its value, a macro. */
@FunctionalInterface
public interface Callable extends PyObject {
  Object call(Budget budget, Arguments arguments);

  @Override
  default String typeName() {
    return "builtin_function_or_method";
  }

  @Override
  default String representation() {
    return "<built-in function>";
  }
}
