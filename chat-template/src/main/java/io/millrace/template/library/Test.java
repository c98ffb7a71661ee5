package io.millrace.template.library;

import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;

/** A test, such as {@code divisibleby} in {@code value is divisibleby 3}. */
@FunctionalInterface
public interface Test {
  boolean test(Object value, Arguments arguments, Budget budget);
}
