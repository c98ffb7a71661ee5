package io.millrace.template.library;

import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;

/** What follows {@code |}: {@code value|join(", ")}. */
@FunctionalInterface
public interface Filter {
  Object apply(Object value, Arguments arguments, Budget budget);
}
