package io.millrace.template.library;

import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;

/** A filter, such as {@code join} in {@code value|join(", ")}. */
@FunctionalInterface
public interface Filter {
  Object apply(Object value, Arguments arguments, Budget budget);
}
