package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Generator;
import io.millrace.template.value.None;
import io.millrace.template.value.Sequences;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Filters that lay elements out in rows or columns. */
final class GroupingFilters {
  private GroupingFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("batch", GroupingFilters::batch);
    filters.put("slice", GroupingFilters::slice);
  }

  private static Object batch(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("batch", "linecount", "fill_with?");
    int size = bound.integer(0, 0);
    Object filler = bound.get(1, None.NONE);
    List<Object> rows = new ArrayList<>();
    List<Object> row = new ArrayList<>();
    for (Object element : Sequences.list(value, budget)) {
      if (row.size() == size) {
        rows.add(row);
        row = new ArrayList<>();
      }
      row.add(element);
    }
    if (!row.isEmpty()) {
      budget.produce(filler == None.NONE ? 0 : size);
      while (filler != None.NONE && row.size() < size) {
        row.add(filler);
      }
      rows.add(row);
    }
    return Generator.over(value, rows.iterator());
  }

  private static Object slice(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("slice", "slices", "fill_with?");
    int count = bound.integer(0, 0);
    if (count == 0) {
      throw new TemplateException("integer division or modulo by zero");
    }
    Object filler = bound.get(1, None.NONE);
    List<Object> elements = Sequences.list(value, budget);
    budget.produce(Math.max(0, count));
    List<Object> slices = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < count; i++) {
      boolean longer = i < elements.size() % count;
      int end = start + elements.size() / count + (longer ? 1 : 0);
      List<Object> slice = new ArrayList<>(elements.subList(start, end));
      if (filler != None.NONE && !longer) {
        slice.add(filler);
      }
      slices.add(slice);
      start = end;
    }
    return Generator.over(value, slices.iterator());
  }
}
