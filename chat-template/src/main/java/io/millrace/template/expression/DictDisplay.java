package io.millrace.template.expression;

import io.millrace.template.value.Dict;
import java.util.ArrayList;
import java.util.List;

/** <code>{key: value}</code>. */
final class DictDisplay extends Expression {
  private final List<Expression> keys;
  private final List<Expression> values;

  DictDisplay(List<Expression> keys, List<Expression> values) {
    super(all(keys, values));
    this.keys = List.copyOf(keys);
    this.values = List.copyOf(values);
  }

  private static List<Expression> all(List<Expression> keys, List<Expression> values) {
    List<Expression> all = new ArrayList<>(keys);
    all.addAll(values);
    return all;
  }

  @Override
  protected Object value(Scope scope) {
    scope.budget().produce(keys.size());
    Dict dict = new Dict();
    for (int i = 0; i < keys.size(); i++) {
      dict.put(keys.get(i).evaluate(scope), values.get(i).evaluate(scope), scope.budget());
    }
    return dict;
  }
}
