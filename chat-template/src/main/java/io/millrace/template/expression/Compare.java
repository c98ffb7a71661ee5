package io.millrace.template.expression;

import io.millrace.template.limit.Budget;
import io.millrace.template.value.Comparison;
import java.util.ArrayList;
import java.util.List;

/** A chain such as {@code 1 < x <= 3}: true if each link is. */
final class Compare extends Expression {
  private final Expression first;
  private final List<Link> links;

  Compare(Expression first, List<Link> links) {
    super(operands(first, links));
    this.first = first;
    this.links = List.copyOf(links);
  }

  private static List<Expression> operands(Expression first, List<Link> links) {
    List<Expression> operands = new ArrayList<>();
    operands.add(first);
    links.forEach(link -> operands.add(link.operand()));
    return operands;
  }

  @Override
  protected Object value(Scope scope) {
    Object left = first.evaluate(scope);
    for (Link link : links) {
      Object right = link.operand().evaluate(scope);
      if (!holds(left, link.operator(), right, scope.budget())) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private static boolean holds(Object left, String operator, Object right, Budget budget) {
    return switch (operator) {
      case "==" -> Comparison.equal(left, right, budget);
      case "!=" -> !Comparison.equal(left, right, budget);
      case "in" -> Comparison.contains(right, left, budget);
      case "not in" -> !Comparison.contains(right, left, budget);
      default -> Comparison.ordered(left, operator, right, budget);
    };
  }

  /** One comparison of the chain with what stands before it. */
  record Link(String operator, Expression operand) {}
}
