package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Dict;
import io.millrace.template.value.FilteredIterator;
import io.millrace.template.value.Generator;
import io.millrace.template.value.LazyIterator;
import io.millrace.template.value.None;
import io.millrace.template.value.Operators;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Text;
import io.millrace.template.value.Types;
import io.millrace.template.value.Undefined;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/** Filters over the elements of a value, in the order they come in. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("length", SequenceFilters::length);
    filters.put("count", SequenceFilters::length);
    filters.put("list", SequenceFilters::list);
    filters.put("first", SequenceFilters::first);
    filters.put("last", SequenceFilters::last);
    filters.put("random", SequenceFilters::random);
    filters.put("reverse", SequenceFilters::reverse);
    filters.put("join", SequenceFilters::join);
    filters.put("sum", SequenceFilters::sum);
    filters.put("unique", SequenceFilters::unique);
  }

  private static Object length(Object value, Arguments arguments, Budget budget) {
    arguments.bind("length");
    return Sequences.requireLength(value);
  }

  private static Object list(Object value, Arguments arguments, Budget budget) {
    arguments.bind("list");
    return Sequences.list(value, budget);
  }

  private static Object first(Object value, Arguments arguments, Budget budget) {
    arguments.bind("first");
    Iterator<Object> elements = Sequences.iterate(value, budget);
    return elements.hasNext()
        ? elements.next()
        : Undefined.because("No first item, sequence was empty.");
  }

  private static Object last(Object value, Arguments arguments, Budget budget) {
    arguments.bind("last");
    List<Object> reversed = Sequences.reversed(value);
    if (reversed == null) {
      throw new TemplateException("'" + Types.name(value) + "' object is not reversible");
    }
    budget.steps(reversed.size());
    return reversed.isEmpty()
        ? Undefined.because("No last item, sequence was empty.")
        : reversed.get(0);
  }

  private static Object random(Object value, Arguments arguments, Budget budget) {
    arguments.bind("random");
    List<Object> elements = Sequences.list(value, budget);
    return elements.isEmpty()
        ? Undefined.because("No random item, sequence was empty.")
        : elements.get(ThreadLocalRandom.current().nextInt(elements.size()));
  }

  private static Object reverse(Object value, Arguments arguments, Budget budget) {
    arguments.bind("reverse");
    List<Object> reversed = Sequences.reversed(value);
    if (Strings.isString(value) && reversed != null) {
      budget.produce(reversed.size());
      return Strings.like(value, String.join("", reversed.toArray(String[]::new)));
    } else if (reversed != null) {
      budget.produce(reversed.size());
      return Generator.iterator(Types.name(value) + "_reverseiterator", reversed.iterator());
    }
    List<Object> elements = Sequences.list(value, budget);
    Collections.reverse(elements);
    return elements;
  }

  private static Object join(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("join", "d?", "attribute?");
    String separator = Text.str(bound.get(0, ""), budget);
    AttributePath path = AttributePath.of(bound.get(1, None.NONE));
    StringBuilder joined = new StringBuilder();
    boolean first = true;
    for (Iterator<Object> each = Sequences.iterate(value, budget); each.hasNext(); ) {
      joined.append(first ? "" : separator);
      joined.append(Text.str(path.get(each.next(), budget), budget));
      budget.checkLength(joined.length());
      first = false;
    }
    budget.produce(joined.length());
    return joined.toString();
  }

  private static Object sum(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("sum", "attribute?", "start?");
    AttributePath path = AttributePath.of(bound.get(0, None.NONE));
    Object sum = bound.get(1, 0L);
    if (Strings.isString(sum)) {
      throw new TemplateException("sum() can't sum strings [use ''.join(seq) instead]");
    }
    for (Iterator<Object> each = Sequences.iterate(value, budget); each.hasNext(); ) {
      sum = Operators.add(sum, path.get(each.next(), budget), budget);
    }
    return sum;
  }

  private static Object unique(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("unique", "case_sensitive?", "attribute?");
    AttributePath path = AttributePath.of(bound.get(1, None.NONE));
    UnaryOperator<Object> folding = OrderFilters.folding(bound.truth(0, false));
    Set<Object> seen = new HashSet<>();
    return Generator.over(
        value,
        new LazyIterator(
            () -> {
              Iterator<Object> elements = Sequences.iterate(value, budget);
              return new FilteredIterator(
                  elements,
                  element ->
                      seen.add(Dict.canonical(folding.apply(path.get(element, budget)), budget)));
            }));
  }
}
