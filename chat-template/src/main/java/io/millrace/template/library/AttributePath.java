package io.millrace.template.library;

import io.millrace.template.limit.Budget;
import io.millrace.template.value.Access;
import io.millrace.template.value.None;
import io.millrace.template.value.StringCase;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code attribute} of a filter: {@code "function.name"} or {@code 0}. */
final class AttributePath {
  private final List<Object> parts;
  private final @Nullable Object otherwise;

  private AttributePath(List<Object> parts, @Nullable Object otherwise) {
    this.parts = parts;
    this.otherwise = otherwise;
  }

  /** None is the value itself. */
  static AttributePath of(Object attribute) {
    return of(attribute, None.NONE);
  }

  /** With a value for what is undefined on the way; None for leaving it undefined. */
  static AttributePath of(Object attribute, Object otherwise) {
    List<Object> parts = new ArrayList<>();
    if (Strings.isString(attribute)) {
      for (String part : Strings.content(attribute).split("\\.", -1)) {
        parts.add(isIndex(part) ? (Object) Long.parseLong(part) : part);
      }
    } else if (attribute != None.NONE) {
      parts.add(attribute);
    }
    return new AttributePath(parts, otherwise == None.NONE ? null : otherwise);
  }

  /** Several, separated by commas. */
  static List<AttributePath> all(Object attribute) {
    if (!Strings.isString(attribute)) {
      return List.of(of(attribute));
    }
    List<AttributePath> paths = new ArrayList<>();
    for (String path : Strings.content(attribute).split(",", -1)) {
      paths.add(of(path));
    }
    return paths;
  }

  private static boolean isIndex(String part) {
    return !part.isEmpty() && part.length() < 10 && part.codePoints().allMatch(StringCase::isDigit);
  }

  Object get(Object value, Budget budget) {
    Object found = value;
    for (Object part : parts) {
      found = Access.item(found, part, budget);
      if (otherwise != null && found instanceof Undefined) {
        found = otherwise;
      }
    }
    return found;
  }
}
