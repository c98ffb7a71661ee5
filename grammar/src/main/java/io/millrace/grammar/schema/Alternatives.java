package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.limit.Budget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The disjunctive normal form of formulas for values of one type: a list of alternatives, each a
 * list of conditions that are so at once. Alternatives that nothing satisfies are left out where
 * that is found out.
 */
final class Alternatives {
  private static final List<List<Term>> ALWAYS = List.of(List.of());

  private final JsonType type;
  private final Formulas formulas;
  private final Exclusion exclusion;
  private final Predicate<List<Term>> impossible;
  private final Budget budget;
  private final Map<Formula, List<List<Term>>> known = new IdentityHashMap<>();
  private final Map<Formula, List<List<Term>>> knownNegated = new IdentityHashMap<>();
  private final Map<Formula, Integer> open = new IdentityHashMap<>();
  private int level;

  /**
   * The normal form for one type.
   *
   * @param impossible whether surely nothing satisfies conditions
   */
  Alternatives(
      JsonType type,
      Formulas formulas,
      Exclusion exclusion,
      Predicate<List<Term>> impossible,
      Budget budget) {
    this.type = type;
    this.formulas = formulas;
    this.exclusion = exclusion;
    this.impossible = impossible;
    this.budget = budget;
  }

  List<List<Term>> of(Formula formula, boolean positive) {
    Map<Formula, List<List<Term>>> cache = positive ? known : knownNegated;
    List<List<Term>> cached = cache.get(formula);
    if (cached == null) {
      budget.checkTime();
      cached = compute(formula, positive);
      cache.put(formula, cached);
    }
    return cached;
  }

  private List<List<Term>> compute(Formula formula, boolean positive) {
    if (formula instanceof Formula.Constant) {
      return when((formula == Formula.Constant.TRUE) == positive);
    }
    if (formula instanceof Formula.And and) {
      return positive ? all(and.parts, true) : any(and.parts, false);
    }
    if (formula instanceof Formula.Or or) {
      return positive ? any(or.parts, true) : all(or.parts, false);
    }
    if (formula instanceof Formula.Not not) {
      return of(not.inner, !positive);
    }
    if (formula instanceof Formula.OneOf oneOf) {
      return of(exclusion.expand(oneOf, type, positive), true);
    }
    if (formula instanceof Formula.Reference reference) {
      return follow(reference, positive);
    }
    if (formula instanceof Formula.OfType ofType) {
      return when((ofType.type == type) == positive);
    }
    if (formula instanceof Formula.Atom atom && atom.type == type) {
      return List.of(List.of(new Term(atom, positive)));
    }
    return when(formula instanceof Formula.Atom == positive);
  }

  private List<List<Term>> follow(Formula.Reference reference, boolean positive) {
    Integer since = open.get(reference);
    if (since != null && since < level) {
      throw new Unfinished();
    }
    if (since != null) {
      throw new GrammarSyntaxException(
          "$ref '%s' leads back to itself".formatted(reference.pointer));
    }
    open.put(reference, level);
    try {
      return of(reference.target, positive);
    } finally {
      open.remove(reference);
    }
  }

  /** The question whether something is impossible, inside which what is open is not known yet. */
  boolean ask(BooleanSupplier question) {
    level++;
    try {
      return question.getAsBoolean();
    } finally {
      level--;
    }
  }

  /** What is asked for is being computed further out. */
  static final class Unfinished extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unfinished() {
      super("not known yet", null, false, false);
    }
  }

  private static List<List<Term>> when(boolean satisfied) {
    return satisfied ? ALWAYS : List.of();
  }

  private List<List<Term>> any(List<Formula> parts, boolean positive) {
    Set<List<Term>> result = new LinkedHashSet<>();
    for (Formula part : parts) {
      result.addAll(of(part, positive));
    }
    budget.checkAlternatives(result.size());
    return result.contains(List.of()) ? ALWAYS : List.copyOf(result);
  }

  private List<List<Term>> all(List<Formula> parts, boolean positive) {
    List<List<Term>> result = ALWAYS;
    for (Formula part : parts) {
      result = product(result, of(part, positive));
    }
    return result;
  }

  private List<List<Term>> product(List<List<Term>> left, List<List<Term>> right) {
    if (left == ALWAYS || right == ALWAYS) {
      return left == ALWAYS ? right : left;
    }
    boolean several = left.size() > 1 || right.size() > 1;
    Set<List<Term>> result = new LinkedHashSet<>();
    for (List<Term> one : left) {
      for (List<Term> other : right) {
        List<Term> joined = join(one, other);
        if (!joined.isEmpty() && !(several && impossible.test(joined))) {
          result.add(joined);
          budget.checkAlternatives(result.size());
        }
      }
      budget.checkTime();
    }
    return List.copyOf(result);
  }

  /** Both, or nothing if one contradicts the other outright. */
  private static List<Term> join(List<Term> one, List<Term> other) {
    List<Term> joined = new ArrayList<>(one);
    Set<Term> seen = new HashSet<>(one);
    for (Term term : other) {
      if (seen.contains(new Term(term.atom(), !term.positive()))) {
        return List.of();
      }
      if (seen.add(term)) {
        joined.add(term);
      }
    }
    return joined;
  }
}
