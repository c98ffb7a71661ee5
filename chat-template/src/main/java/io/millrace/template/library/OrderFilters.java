package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Comparison;
import io.millrace.template.value.Dict;
import io.millrace.template.value.None;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Tuple;
import io.millrace.template.value.Types;
import io.millrace.template.value.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters that compare elements: without regard to case, unless told otherwise. */
final class OrderFilters {
  private OrderFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("sort", OrderFilters::sort);
    filters.put("dictsort", OrderFilters::dictSort);
    filters.put("min", (value, a, budget) -> extreme(value, a, budget, "min", "<"));
    filters.put("max", (value, a, budget) -> extreme(value, a, budget, "max", ">"));
    filters.put("groupby", OrderFilters::groupBy);
  }

  /** What makes strings comparable without regard to case. */
  static UnaryOperator<Object> folding(boolean caseSensitive) {
    return value ->
        !caseSensitive && Strings.isString(value)
            ? Strings.like(value, Strings.lower(Strings.content(value)))
            : value;
  }

  private static Object sort(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("sort", "reverse?", "case_sensitive?", "attribute?");
    List<AttributePath> paths = AttributePath.all(bound.get(2, None.NONE));
    UnaryOperator<Object> folding = folding(bound.truth(1, false));
    return sorted(
        Sequences.list(value, budget),
        element -> {
          List<Object> key = new ArrayList<>(paths.size());
          paths.forEach(path -> key.add(folding.apply(path.get(element, budget))));
          return key;
        },
        bound.truth(0, false),
        budget);
  }

  private static Object dictSort(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("dictsort", "case_sensitive?", "by?", "reverse?");
    Object by = bound.get(1, "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new TemplateException("You can only sort by either \"key\" or \"value\"");
    }
    if (!(value instanceof Dict dict)) {
      Undefined.require(value);
      throw new TemplateException("'" + Types.name(value) + "' object has no attribute 'items'");
    }
    UnaryOperator<Object> folding = folding(bound.truth(0, false));
    int place = by.equals("key") ? 0 : 1;
    return sorted(
        dict.items(),
        item -> folding.apply(((Tuple) item).items().get(place)),
        bound.truth(2, false),
        budget);
  }

  private static List<Object> sorted(
      List<Object> elements, UnaryOperator<Object> key, boolean reverse, Budget budget) {
    List<Keyed> keyed = new ArrayList<>(elements.size());
    elements.forEach(element -> keyed.add(new Keyed(key.apply(element), element)));
    Comparator<Object> order = Comparison.natural(budget);
    Comparator<Keyed> byKey = (a, b) -> order.compare(a.key(), b.key());
    keyed.sort(reverse ? byKey.reversed() : byKey);
    List<Object> sorted = new ArrayList<>(keyed.size());
    keyed.forEach(each -> sorted.add(each.element()));
    return sorted;
  }

  private static Object extreme(
      Object value, Arguments arguments, Budget budget, String name, String better) {
    Arguments.Bound bound = arguments.bind(name, "case_sensitive?", "attribute?");
    AttributePath path = AttributePath.of(bound.get(1, None.NONE));
    UnaryOperator<Object> folding = folding(bound.truth(0, false));
    Iterator<Object> elements = Sequences.iterate(value, budget);
    if (!elements.hasNext()) {
      return Undefined.because("No aggregated item, sequence was empty.");
    }
    Object best = elements.next();
    Object bestKey = folding.apply(path.get(best, budget));
    while (elements.hasNext()) {
      Object element = elements.next();
      Object key = folding.apply(path.get(element, budget));
      if (Comparison.ordered(key, better, bestKey, budget)) {
        best = element;
        bestKey = key;
      }
    }
    return best;
  }

  private static Object groupBy(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("groupby", "attribute", "default?", "case_sensitive?");
    AttributePath path = AttributePath.of(bound.get(0), bound.get(1, None.NONE));
    UnaryOperator<Object> folding = folding(bound.truth(2, false));
    UnaryOperator<Object> key = element -> folding.apply(path.get(element, budget));
    List<Object> groups = new ArrayList<>();
    List<Object> members = new ArrayList<>();
    for (Object element : sorted(Sequences.list(value, budget), key, false, budget)) {
      boolean same =
          members.isEmpty()
              || Comparison.equal(key.apply(members.get(0)), key.apply(element), budget);
      if (!same) {
        groups.add(Tuple.group(path.get(members.get(0), budget), members));
        members = new ArrayList<>();
      }
      members.add(element);
    }
    if (!members.isEmpty()) {
      groups.add(Tuple.group(path.get(members.get(0), budget), members));
    }
    return groups;
  }

  private record Keyed(Object key, Object element) {}
}
