package io.millrace.grammar.rule;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.limit.Budget;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Rules by name, as they are read.
 *
 * @param rules in the order in which they are written
 * @param start the rule of a whole answer
 */
record Rules(Map<String, Expression> rules, String start) {
  Rules {
    rules = new LinkedHashMap<>(rules);
  }

  /** Refuses names that nobody defines. */
  void check(Budget budget) {
    budget.checkValues(rules.size());
    if (!rules.containsKey(start)) {
      throw new GrammarSyntaxException("the grammar has no rule '%s'".formatted(start));
    }
    rules.values().forEach(this::checkNames);
  }

  private void checkNames(Expression expression) {
    if (expression instanceof Expression.Name name && !rules.containsKey(name.name())) {
      throw new GrammarSyntaxException(
          "the grammar has no rule '%s'".formatted(GrammarException.excerpt(name.name())));
    }
    expression.parts().forEach(this::checkNames);
  }

  Expression get(String name) {
    Expression rule = rules.get(name);
    if (rule == null) {
      throw new IllegalStateException("a name was not checked");
    }
    return rule;
  }

  /** The rules that can be the empty text. */
  Set<String> nullable() {
    Set<String> nullable = new HashSet<>();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<String, Expression> rule : rules.entrySet()) {
        changed |= isNullable(rule.getValue(), nullable) && nullable.add(rule.getKey());
      }
    }
    return nullable;
  }

  static boolean isNullable(Expression expression, Set<String> nullable) {
    if (expression instanceof Expression.Terminal terminal) {
      return terminal.language().nullable();
    }
    if (expression instanceof Expression.Name name) {
      return nullable.contains(name.name());
    }
    if (expression instanceof Expression.Choice choice) {
      return choice.branches().stream().anyMatch(it -> isNullable(it, nullable));
    }
    if (expression instanceof Expression.Repeat repeat && repeat.low() == 0) {
      return true;
    }
    return expression.parts().stream().allMatch(it -> isNullable(it, nullable));
  }

  /** The rules of which some text can be made. */
  Set<String> productive() {
    Set<String> productive = new HashSet<>();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<String, Expression> rule : rules.entrySet()) {
        changed |= isProductive(rule.getValue(), productive) && productive.add(rule.getKey());
      }
    }
    return productive;
  }

  static boolean isProductive(Expression expression, Set<String> productive) {
    if (expression instanceof Expression.Terminal terminal) {
      return !terminal.language().isEmpty();
    }
    if (expression instanceof Expression.Name name) {
      return productive.contains(name.name());
    }
    if (expression instanceof Expression.Choice choice) {
      return choice.branches().stream().anyMatch(it -> isProductive(it, productive));
    }
    if (expression instanceof Expression.Repeat repeat && repeat.low() == 0) {
      return true;
    }
    return expression.parts().stream().allMatch(it -> isProductive(it, productive));
  }
}
