package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** {@code ==}, {@code <} and {@code in}. */
public final class Comparison {
  private Comparison() {}

  public static boolean equal(Object left, Object right, Budget budget) {
    budget.step();
    if (left instanceof String a && right instanceof String b) {
      budget.scan(Math.min(a.length(), b.length()) / 4);
      return a.equals(b);
    } else if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return !Numbers.isNaN(left) && !Numbers.isNaN(right) && Numbers.compare(left, right) == 0;
    } else if (left == right) {
      return true;
    } else if (Strings.isString(left) && Strings.isString(right)) {
      return Strings.content(left).equals(Strings.content(right));
    } else if (left instanceof Undefined && right instanceof Undefined) {
      return true;
    } else if (left instanceof List && right instanceof List) {
      return equal(Sequences.asList(left), Sequences.asList(right), budget);
    } else if (left instanceof Tuple a && right instanceof Tuple b) {
      return equal(a.items(), b.items(), budget);
    } else if (left instanceof Dict a && right instanceof Dict b) {
      return equal(a, b, budget);
    } else if (left instanceof Range a && right instanceof Range b) {
      return a.elements().equals(b.elements());
    }
    return false;
  }

  private static boolean equal(List<Object> left, List<Object> right, Budget budget) {
    if (left.size() != right.size()) {
      return false;
    }
    budget.enter(1);
    boolean equal = true;
    for (int i = 0; equal && i < left.size(); i++) {
      equal = same(left.get(i), right.get(i), budget);
    }
    budget.leave(1);
    return equal;
  }

  private static boolean equal(Dict left, Dict right, Budget budget) {
    if (left.size() != right.size()) {
      return false;
    }
    budget.enter(1);
    boolean equal = true;
    for (Object key : left.keys()) {
      Object other = right.get(key, budget);
      Object own = left.get(key, budget);
      equal = equal && other != null && own != null && same(own, other, budget);
    }
    budget.leave(1);
    return equal;
  }

  /** Containers hold a value equal to itself, even NaN. */
  private static boolean same(Object left, Object right, Budget budget) {
    return left == right || equal(left, right, budget);
  }

  /**
   * Whether {@code left operator right}, for {@code <}, {@code <=}, {@code >} and {@code >=}.
   *
   * @throws TemplateException if the types have no order
   */
  public static boolean ordered(Object left, String operator, Object right, Budget budget) {
    Undefined.require(left);
    Undefined.require(right);
    if (Numbers.isNaN(left) || Numbers.isNaN(right)) {
      if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
        return false;
      }
    }
    int order = order(left, operator, right, budget);
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static int order(Object left, String operator, Object right, Budget budget) {
    budget.step();
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Numbers.compare(left, right);
    } else if (Strings.isString(left) && Strings.isString(right)) {
      return CodePoints.compare(Strings.content(left), Strings.content(right));
    } else if (left instanceof List && right instanceof List) {
      return order(Sequences.asList(left), operator, Sequences.asList(right), budget);
    } else if (left instanceof Tuple a && right instanceof Tuple b) {
      return order(a.items(), operator, b.items(), budget);
    }
    Undefined.require(left);
    Undefined.require(right);
    throw new TemplateException(
        "'%s' not supported between instances of '%s' and '%s'"
            .formatted(operator, Types.name(left), Types.name(right)));
  }

  private static int order(List<Object> left, String operator, List<Object> right, Budget budget) {
    budget.enter(1);
    try {
      int length = Math.min(left.size(), right.size());
      for (int i = 0; i < length; i++) {
        if (!same(left.get(i), right.get(i), budget)) {
          return order(left.get(i), operator, right.get(i), budget);
        }
      }
      return Integer.compare(left.size(), right.size());
    } finally {
      budget.leave(1);
    }
  }

  /** The order that {@code sorted()} makes. */
  public static Comparator<Object> natural(Budget budget) {
    return (left, right) -> {
      if (ordered(left, "<", right, budget)) {
        return -1;
      }
      return ordered(right, "<", left, budget) ? 1 : 0;
    };
  }

  /** {@code element in container}. */
  public static boolean contains(Object container, Object element, Budget budget) {
    if (Strings.isString(container)) {
      if (!Strings.isString(element)) {
        Undefined.require(element);
        throw new TemplateException(
            "'in <string>' requires string as left operand, not " + Types.name(element));
      }
      return SubstringSearch.of(Strings.content(element), budget).in(Strings.content(container), 0)
          >= 0;
    } else if (container instanceof Dict dict) {
      return dict.get(element, budget) != null;
    } else if (container instanceof DictView view && view.kind() == DictView.Kind.KEYS) {
      return view.owner().get(element, budget) != null;
    } else if (!Sequences.isIterable(container)) {
      throw new TemplateException(
          "argument of type '" + Types.name(container) + "' is not iterable");
    }
    for (Iterator<Object> all = Sequences.iterate(container, budget); all.hasNext(); ) {
      if (same(all.next(), element, budget)) {
        return true;
      }
    }
    return false;
  }
}
