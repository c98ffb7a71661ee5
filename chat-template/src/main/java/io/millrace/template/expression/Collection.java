package io.millrace.template.expression;

import io.millrace.template.value.Tuple;
import java.util.ArrayList;
import java.util.List;

/** {@code [a, b]} or {@code (a, b)}. */
final class Collection extends Expression {
  private final boolean tuple;
  private final List<Expression> items;

  private Collection(boolean tuple, List<Expression> items) {
    super(items);
    this.tuple = tuple;
    this.items = List.copyOf(items);
  }

  static Collection list(List<Expression> items) {
    return new Collection(false, items);
  }

  static Collection tuple(List<Expression> items) {
    return new Collection(true, items);
  }

  boolean isTuple() {
    return tuple;
  }

  List<Expression> items() {
    return items;
  }

  @Override
  protected Object value(Scope scope) {
    scope.budget().produce(items.size());
    List<Object> values = new ArrayList<>(items.size());
    for (Expression item : items) {
      values.add(item.evaluate(scope));
    }
    return tuple ? Tuple.copyOf(values) : values;
  }
}
