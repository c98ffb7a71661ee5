package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Access;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Dict;
import io.millrace.template.value.Generator;
import io.millrace.template.value.Json;
import io.millrace.template.value.LazyIterator;
import io.millrace.template.value.None;
import io.millrace.template.value.Numbers;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Text;
import io.millrace.template.value.Truth;
import io.millrace.template.value.Undefined;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters for values of any type. */
final class ValueFilters {
  private ValueFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("default", ValueFilters::defaultValue);
    filters.put("d", ValueFilters::defaultValue);
    filters.put("attr", ValueFilters::attribute);
    filters.put("items", ValueFilters::items);
    filters.put("tojson", ValueFilters::toJson);
    filters.put("string", ValueFilters::string);
  }

  private static Object defaultValue(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("default", "default_value?", "boolean?");
    boolean replaced = value instanceof Undefined || (bound.truth(1, false) && !Truth.of(value));
    return replaced ? bound.get(0, "") : value;
  }

  private static Object attribute(Object value, Arguments arguments, Budget budget) {
    String name = arguments.bind("attr", "name").string(0);
    Object found = Access.safeAttribute(value, name);
    if (found == null) {
      Undefined.require(value);
    }
    return found == null ? Undefined.element(value, name) : found;
  }

  private static Object items(Object value, Arguments arguments, Budget budget) {
    arguments.bind("items");
    return Generator.over(
        value,
        new LazyIterator(
            () -> {
              if (value instanceof Undefined) {
                return List.<Object>of().iterator();
              } else if (value instanceof Dict dict) {
                return dict.items().iterator();
              }
              throw new TemplateException("Can only get item pairs from a mapping.");
            }));
  }

  private static Object string(Object value, Arguments arguments, Budget budget) {
    arguments.bind("string");
    return Strings.isString(value) ? value : Text.str(value, budget);
  }

  private static Object toJson(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound =
        arguments.bind("tojson", "ensure_ascii?", "indent?", "separators?", "sort_keys?");
    String indent = indent(bound.get(1, None.NONE));
    String itemSeparator = indent == null ? ", " : ",";
    String keySeparator = ": ";
    if (bound.get(2, None.NONE) != None.NONE) {
      List<Object> separators = Sequences.list(bound.get(2), budget);
      if (separators.size() != 2) {
        throw new TemplateException("separators must be two strings");
      }
      itemSeparator = Text.str(separators.get(0), budget);
      keySeparator = Text.str(separators.get(1), budget);
    }
    return Json.dump(
        value,
        new Json.Style(
            bound.truth(0, false), indent, itemSeparator, keySeparator, bound.truth(3, false)),
        budget);
  }

  private static @Nullable String indent(Object given) {
    if (given == None.NONE) {
      return null;
    } else if (Strings.isString(given)) {
      return Strings.content(given);
    }
    int width = Numbers.index(given);
    if (width > 1_000) {
      throw new TemplateException("indent is limited to 1000, but is " + width);
    }
    return " ".repeat(Math.max(0, width));
  }
}
