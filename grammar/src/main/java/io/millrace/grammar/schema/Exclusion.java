package io.millrace.grammar.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Says "exactly one of these" by and, or, and not, which is cheap where they exclude each other.
 */
final class Exclusion {
  private final Formulas formulas;
  private final BiPredicate<Formula, JsonType> impossible;

  /**
   * An expansion.
   *
   * @param impossible whether surely no value of a type satisfies a formula
   */
  Exclusion(Formulas formulas, BiPredicate<Formula, JsonType> impossible) {
    this.formulas = formulas;
    this.impossible = impossible;
  }

  Formula expand(Formula.OneOf oneOf, JsonType type, boolean positive) {
    List<Formula> possible = oneOf.parts.stream().filter(it -> !impossible.test(it, type)).toList();
    return positive ? exactlyOne(possible, type) : notOne(possible);
  }

  private Formula exactlyOne(List<Formula> parts, JsonType type) {
    List<Formula> branches = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Formula> conditions = new ArrayList<>();
      conditions.add(parts.get(i));
      for (int j = 0; j < parts.size(); j++) {
        if (i != j && !impossible.test(formulas.and(parts.get(i), parts.get(j)), type)) {
          conditions.add(formulas.not(parts.get(j)));
        }
      }
      branches.add(formulas.and(conditions));
    }
    return formulas.or(branches);
  }

  private Formula notOne(List<Formula> parts) {
    List<Formula> branches = new ArrayList<>();
    branches.add(formulas.and(parts.stream().map(formulas::not).toList()));
    for (int i = 0; i < parts.size(); i++) {
      for (int j = i + 1; j < parts.size(); j++) {
        branches.add(formulas.and(parts.get(i), parts.get(j)));
      }
    }
    return formulas.or(branches);
  }
}
