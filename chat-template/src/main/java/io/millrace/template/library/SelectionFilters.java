package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.FilteredIterator;
import io.millrace.template.value.Generator;
import io.millrace.template.value.LazyIterator;
import io.millrace.template.value.None;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Truth;
import io.millrace.template.value.Undefined;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** {@code map}, {@code select} and their kin: generators that apply a filter or a test to each. */
final class SelectionFilters {
  private SelectionFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("map", SelectionFilters::map);
    filters.put("select", (value, a, budget) -> select(value, a, budget, true, false));
    filters.put("reject", (value, a, budget) -> select(value, a, budget, false, false));
    filters.put("selectattr", (value, a, budget) -> select(value, a, budget, true, true));
    filters.put("rejectattr", (value, a, budget) -> select(value, a, budget, false, true));
  }

  private static Object map(Object value, Arguments arguments, Budget budget) {
    return generator(
        value,
        () -> {
          Function<Object, Object> function = mapping(arguments, budget);
          Iterator<Object> elements = Sequences.iterate(value, budget);
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return elements.hasNext();
            }

            @Override
            public Object next() {
              return function.apply(elements.next());
            }
          };
        });
  }

  private static Function<Object, Object> mapping(Arguments arguments, Budget budget) {
    if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
      Arguments.Bound bound =
          new Arguments(List.of(), arguments.named()).bind("map", "attribute", "default?");
      AttributePath path = AttributePath.of(bound.get(0), bound.get(1, None.NONE));
      return element -> path.get(element, budget);
    }
    if (arguments.positional().isEmpty()) {
      throw new TemplateException("map requires a filter argument");
    }
    Object name = arguments.positional().get(0);
    Arguments rest = arguments.withoutFirst();
    return element -> Filters.require(name).apply(element, rest, budget);
  }

  private static Object select(
      Object value, Arguments arguments, Budget budget, boolean wanted, boolean attribute) {
    return generator(
        value,
        () -> {
          Predicate<Object> predicate = predicate(arguments, budget, attribute);
          return new FilteredIterator(
              Sequences.iterate(value, budget), element -> predicate.test(element) == wanted);
        });
  }

  private static Predicate<Object> predicate(
      Arguments arguments, Budget budget, boolean attribute) {
    if (!attribute) {
      return test(arguments, budget);
    }
    if (arguments.positional().isEmpty()) {
      throw new TemplateException("Missing parameter for attribute name");
    }
    AttributePath path = AttributePath.of(arguments.positional().get(0));
    Predicate<Object> test = test(arguments.withoutFirst(), budget);
    return element -> test.test(path.get(element, budget));
  }

  private static Predicate<Object> test(Arguments arguments, Budget budget) {
    if (arguments.positional().isEmpty()) {
      return Truth::of;
    }
    Object name = arguments.positional().get(0);
    Arguments rest = arguments.withoutFirst();
    return element -> requireTest(name).test(element, rest, budget);
  }

  private static Test requireTest(Object name) {
    Test test = name instanceof String known ? Tests.named(known) : null;
    if (test == null) {
      Undefined.require(name);
      throw new TemplateException("No test named '" + name + "'.");
    }
    return test;
  }

  /** What is false has no elements, whatever its type. */
  private static Generator generator(Object value, Supplier<Iterator<Object>> elements) {
    return Generator.over(
        value, new LazyIterator(() -> Truth.of(value) ? elements.get() : List.of().iterator()));
  }
}
