package io.millrace.grammar.rule;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.regex.Regex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Rewrites rules that begin with themselves, which cannot be followed from left to right, into
 * repetitions (Paull 2000): {@code a: a x | y} is {@code a: y x*}.
 */
final class LeftRecursion {
  private final Map<String, Expression> rules;
  private final String start;
  private final Budget budget;

  private LeftRecursion(Rules rules, Budget budget) {
    this.rules = new LinkedHashMap<>(rules.rules());
    this.start = rules.start();
    this.budget = budget;
  }

  static Rules removed(Rules rules, Budget budget) {
    LeftRecursion removal = new LeftRecursion(rules, budget);
    Set<String> recursive = removal.recursive();
    if (recursive.isEmpty()) {
      return rules;
    }
    removal.remove(List.copyOf(recursive));
    for (String name : removal.recursive()) {
      throw new UnsupportedGrammarException(
          "left recursion",
          "",
          "of rule '%s' cannot be removed".formatted(GrammarException.excerpt(name)));
    }
    return new Rules(removal.rules, removal.start);
  }

  private void remove(List<String> order) {
    for (int i = 0; i < order.size(); i++) {
      String name = order.get(i);
      List<List<Expression>> branches = branches(rule(name));
      for (int j = 0; j < i; j++) {
        branches = substitute(branches, order.get(j));
        budget.checkAlternatives(branches.size());
      }
      rules.put(name, direct(name, branches));
    }
  }

  private Expression rule(String name) {
    return Objects.requireNonNull(rules.get(name));
  }

  private List<List<Expression>> substitute(List<List<Expression>> branches, String name) {
    List<List<Expression>> result = new ArrayList<>();
    for (List<Expression> branch : branches) {
      if (begins(branch, name)) {
        for (List<Expression> head : branches(rule(name))) {
          List<Expression> joined = new ArrayList<>(head);
          joined.addAll(branch.subList(1, branch.size()));
          result.add(joined);
        }
      } else {
        result.add(branch);
      }
    }
    return result;
  }

  private static Expression direct(String name, List<List<Expression>> branches) {
    List<Expression> first = new ArrayList<>();
    List<Expression> more = new ArrayList<>();
    for (List<Expression> branch : branches) {
      if (!begins(branch, name)) {
        first.add(Expression.sequence(branch));
      } else if (branch.size() > 1) {
        more.add(Expression.sequence(branch.subList(1, branch.size())));
      }
    }
    Expression head = Expression.choice(first);
    return more.isEmpty()
        ? head
        : Expression.sequence(
            List.of(head, new Expression.Repeat(Expression.choice(more), 0, Regex.UNBOUNDED)));
  }

  private static boolean begins(List<Expression> branch, String name) {
    return !branch.isEmpty()
        && branch.get(0) instanceof Expression.Name first
        && first.name().equals(name);
  }

  private static List<List<Expression>> branches(Expression expression) {
    List<List<Expression>> branches = new ArrayList<>();
    if (expression instanceof Expression.Choice choice) {
      choice.branches().forEach(it -> branches.addAll(branches(it)));
    } else if (expression instanceof Expression.Sequence sequence && !sequence.parts().isEmpty()) {
      List<Expression> rest = sequence.parts().subList(1, sequence.parts().size());
      for (List<Expression> head : branches(sequence.parts().get(0))) {
        List<Expression> joined = new ArrayList<>(head);
        joined.addAll(rest);
        branches.add(joined);
      }
    } else if (expression instanceof Expression.Sequence) {
      branches.add(List.of());
    } else {
      branches.add(List.of(expression));
    }
    return branches;
  }

  /** The rules that may begin with themselves. */
  private Set<String> recursive() {
    Set<String> nullable = new Rules(rules, start).nullable();
    Map<String, Set<String>> firsts = new LinkedHashMap<>();
    rules.forEach(
        (name, rule) -> {
          Set<String> first = new LinkedHashSet<>();
          firsts(rule, nullable, first);
          firsts.put(name, first);
        });
    Set<String> recursive = new LinkedHashSet<>();
    for (String name : rules.keySet()) {
      budget.checkTime();
      if (reachable(name, firsts).contains(name)) {
        recursive.add(name);
      }
    }
    return recursive;
  }

  private static Set<String> reachable(String name, Map<String, Set<String>> firsts) {
    Set<String> seen = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(firsts.getOrDefault(name, Set.of()));
    while (!open.isEmpty()) {
      String next = open.remove(open.size() - 1);
      if (seen.add(next)) {
        open.addAll(firsts.getOrDefault(next, Set.of()));
      }
    }
    return seen;
  }

  private static void firsts(Expression expression, Set<String> nullable, Set<String> into) {
    if (expression instanceof Expression.Name name) {
      into.add(name.name());
    } else if (expression instanceof Expression.Sequence sequence) {
      for (Expression part : sequence.parts()) {
        firsts(part, nullable, into);
        if (!Rules.isNullable(part, nullable)) {
          return;
        }
      }
    } else {
      expression.parts().forEach(it -> firsts(it, nullable, into));
    }
  }
}
