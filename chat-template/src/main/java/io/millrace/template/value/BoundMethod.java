package io.millrace.template.value;

import io.millrace.template.limit.Budget;
import java.util.ArrayList;
import java.util.List;

/** A method of a built-in type with the value it was looked up on. */
record BoundMethod<T>(Object self, T receiver, String name, Method<T> method) implements Callable {
  @Override
  public Object call(Budget budget, Arguments arguments) {
    if (receiver instanceof String text) {
      budget.scan(text.length());
    }
    Object result = method.call(receiver, arguments, budget);
    return self instanceof Markup ? safe(result) : result;
  }

  /** Methods of safe strings give safe strings. */
  private static Object safe(Object result) {
    if (result instanceof String text) {
      return new Markup(text);
    } else if (result instanceof List) {
      return safe(Sequences.asList(result));
    }
    return result instanceof Tuple tuple ? Tuple.copyOf(safe(tuple.items())) : result;
  }

  private static List<Object> safe(List<Object> results) {
    List<Object> safe = new ArrayList<>(results.size());
    results.forEach(result -> safe.add(safe(result)));
    return safe;
  }

  @Override
  public String representation() {
    return "<built-in method %s of %s object>".formatted(name, Types.name(self));
  }

  /** What a method does. */
  @FunctionalInterface
  interface Method<T> {
    Object call(T self, Arguments arguments, Budget budget);
  }
}
