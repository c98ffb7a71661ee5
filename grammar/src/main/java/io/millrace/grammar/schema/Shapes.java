package io.millrace.grammar.schema;

import io.millrace.grammar.json.KeyOrder;
import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Brings conditions that are so at once into a shape that can be followed from left to right. */
final class Shapes {
  private static final int MOST_PREFIX = 10_000;

  private final Formulas formulas;
  private final RegexPool pool;
  private final JsonStringEncoding encoding;
  private final KeyOrder order;
  private final Budget budget;

  Shapes(
      Formulas formulas,
      RegexPool pool,
      JsonStringEncoding encoding,
      KeyOrder order,
      Budget budget) {
    this.formulas = formulas;
    this.pool = pool;
    this.order = order;
    this.encoding = encoding;
    this.budget = budget;
  }

  ObjectShape object(List<Term> terms) {
    List<Formula.Members> universal = new ArrayList<>();
    List<Tracker> trackers = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    Set<String> unordered = new LinkedHashSet<>();
    Set<String> required = new LinkedHashSet<>();
    List<Formula.Members> requiredValues = new ArrayList<>();
    int min = 0;
    int max = Tracker.UNBOUNDED;
    for (Term term : terms) {
      if (term.atom() instanceof Formula.MinMembers members) {
        min = term.positive() ? Math.max(min, members.count) : min;
        max = term.positive() ? max : Math.min(max, members.count - 1);
      } else if (term.atom() instanceof Formula.Members members) {
        if (members.keys instanceof Keys.Named named) {
          boolean described = term.positive() && members.value != Formula.Constant.FALSE;
          (described ? names : unordered).add(named.name());
        }
        Formula opposite = formulas.not(members.value);
        if (term.positive()) {
          universal.add(members);
        } else if (members.keys instanceof Keys.Named named) {
          required.add(named.name());
          requiredValues.add(new Formula.Members(named, opposite));
        } else {
          trackers.add(new Tracker(opposite, 1, Tracker.UNBOUNDED, any -> true, members.keys));
        }
      }
    }
    int numOrdered = order == KeyOrder.SCHEMA ? names.size() : 0;
    names.addAll(unordered);
    Stream<Formula.Members> all = Stream.concat(universal.stream(), requiredValues.stream());
    List<Formula.Members> conditions = all.toList();
    Map<String, List<Formula>> values = values(names, conditions);
    List<ObjectShape.Property> properties =
        names.stream()
            .map(
                it ->
                    new ObjectShape.Property(
                        it,
                        formulas.and(values.getOrDefault(it, List.of())),
                        required.contains(it)))
            .toList();
    return new ObjectShape(
        properties,
        numOrdered,
        new Lazy<>(() -> others(names, universal, trackers)),
        min,
        max,
        trackers);
  }

  /** What is said of each name, in the order in which it is said. */
  private static Map<String, List<Formula>> values(
      Set<String> names, List<Formula.Members> conditions) {
    Map<String, List<Formula>> values = new HashMap<>();
    for (Formula.Members members : conditions) {
      Iterable<String> concerned =
          members.keys instanceof Keys.Named named
              ? List.of(named.name())
              : names.stream().filter(members.keys::has).toList();
      concerned.forEach(
          it -> values.computeIfAbsent(it, any -> new ArrayList<>()).add(members.value));
    }
    return values;
  }

  private List<ObjectShape.Other> others(
      Set<String> names, List<Formula.Members> universal, List<Tracker> trackers) {
    Set<Regex> patterns = new LinkedHashSet<>();
    universal.forEach(it -> patterns.addAll(it.keys.patterns()));
    trackers.forEach(it -> patterns.addAll(it.keys() == null ? List.of() : it.keys().patterns()));
    Regex named = pool.literals(names.stream().map(JsonStringEncoding::bytes).toList());
    List<ObjectShape.Other> cells = new ArrayList<>();
    cells.add(
        new ObjectShape.Other(
            pool.minus(encoding.anyText(), names.isEmpty() ? pool.nothing() : named),
            Set.of(),
            Formula.Constant.TRUE));
    for (Regex pattern : patterns) {
      cells = cells.stream().flatMap(it -> split(it, pattern)).toList();
      budget.checkAlternatives(cells.size());
      budget.checkTime();
    }
    return cells.stream()
        .map(it -> new ObjectShape.Other(it.inside(), it.matched(), value(it, universal)))
        .filter(it -> it.value() != Formula.Constant.FALSE)
        .toList();
  }

  private Stream<ObjectShape.Other> split(ObjectShape.Other cell, Regex pattern) {
    Set<Regex> matched = new LinkedHashSet<>(cell.matched());
    matched.add(pattern);
    return Stream.of(
            new ObjectShape.Other(pool.and(cell.inside(), pattern), matched, cell.value()),
            new ObjectShape.Other(pool.minus(cell.inside(), pattern), cell.matched(), cell.value()))
        .filter(it -> !it.inside().isEmpty());
  }

  private Formula value(ObjectShape.Other cell, List<Formula.Members> universal) {
    return formulas.and(
        universal.stream()
            .filter(it -> it.keys.hasUnnamed(cell.matched()))
            .map(it -> it.value)
            .toList());
  }

  ArrayShape array(List<Term> terms) {
    List<Formula.Items> universal = new ArrayList<>();
    List<Formula.Items> bounded = new ArrayList<>();
    List<Tracker> trackers = new ArrayList<>();
    int min = 0;
    int max = Tracker.UNBOUNDED;
    for (Term term : terms) {
      if (term.atom() instanceof Formula.MinItems items) {
        min = term.positive() ? Math.max(min, items.count) : min;
        max = term.positive() ? max : Math.min(max, items.count - 1);
      } else if (term.atom() instanceof Formula.Contains contains) {
        trackers.add(
            new Tracker(
                contains.value,
                term.positive() ? contains.count : 0,
                term.positive() ? Tracker.UNBOUNDED : contains.count - 1,
                any -> true,
                null));
      } else if (term.atom() instanceof Formula.Items items) {
        bounded.add(items);
        if (term.positive()) {
          universal.add(items);
        } else if (items.to == items.from + 1) {
          min = Math.max(min, items.to);
          universal.add(new Formula.Items(items.from, items.to, formulas.not(items.value)));
        } else {
          min = Math.max(min, items.from + 1);
          trackers.add(
              new Tracker(
                  formulas.not(items.value),
                  1,
                  Tracker.UNBOUNDED,
                  i -> i >= items.from && i < items.to,
                  null));
        }
      }
    }
    int last = boundary(bounded);
    List<Formula> prefix = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      prefix.add(item(i, universal));
    }
    return new ArrayShape(prefix, item(last, universal), min, max, trackers);
  }

  /** The index from which on all items are under the same conditions. */
  private static int boundary(List<Formula.Items> bounded) {
    int last = 0;
    for (Formula.Items items : bounded) {
      last = Math.max(last, items.to == Tracker.UNBOUNDED ? items.from : items.to);
    }
    return Math.min(last, MOST_PREFIX);
  }

  private Formula item(int index, List<Formula.Items> universal) {
    return formulas.and(
        universal.stream()
            .filter(it -> index >= it.from && index < it.to)
            .map(it -> it.value)
            .toList());
  }
}
