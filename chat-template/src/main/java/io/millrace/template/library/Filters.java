package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.value.Undefined;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All filters by name (jinja2.filters, and transformers' {@code tojson}). */
public final class Filters {
  private static final Map<String, Filter> FILTERS = new HashMap<>();

  static {
    TextFilters.register(FILTERS);
    HtmlFilters.register(FILTERS);
    NumberFilters.register(FILTERS);
    SequenceFilters.register(FILTERS);
    GroupingFilters.register(FILTERS);
    OrderFilters.register(FILTERS);
    SelectionFilters.register(FILTERS);
    ValueFilters.register(FILTERS);
  }

  private Filters() {}

  /** The filter of that name, or null. */
  public static @Nullable Filter named(String name) {
    return FILTERS.get(name);
  }

  /** A filter whose name is known only while rendering, as in {@code map("upper")}. */
  static Filter require(Object name) {
    Filter filter = name instanceof String known ? FILTERS.get(known) : null;
    if (filter == null) {
      Undefined.require(name);
      throw new TemplateException("No filter named '" + name + "'.");
    }
    return filter;
  }
}
