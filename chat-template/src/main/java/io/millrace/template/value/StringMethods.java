package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of {@code str}. */
final class StringMethods {
  private static final Map<String, BoundMethod.Method<String>> METHODS = new HashMap<>();

  static {
    METHODS.put("capitalize", (s, a, b) -> none(a, "capitalize", Strings.capitalize(s)));
    METHODS.put("casefold", (s, a, b) -> none(a, "casefold", Strings.lower(Strings.upper(s))));
    METHODS.put("lower", (s, a, b) -> none(a, "lower", Strings.lower(s)));
    METHODS.put("upper", (s, a, b) -> none(a, "upper", Strings.upper(s)));
    METHODS.put("title", (s, a, b) -> none(a, "title", StringCase.title(s)));
    METHODS.put("swapcase", (s, a, b) -> none(a, "swapcase", StringCase.swap(s)));
    METHODS.put("strip", (s, a, b) -> Strings.strip(s, chars(a, "strip")));
    METHODS.put("lstrip", (s, a, b) -> Strings.stripLeft(s, chars(a, "lstrip")));
    METHODS.put("rstrip", (s, a, b) -> Strings.stripRight(s, chars(a, "rstrip")));
    METHODS.put("split", StringSplitting::split);
    METHODS.put("rsplit", StringSplitting::splitRight);
    METHODS.put("splitlines", StringSplitting::splitLines);
    METHODS.put("partition", StringSplitting::partition);
    METHODS.put("rpartition", StringSplitting::partitionRight);
    METHODS.put("removeprefix", StringMethods::removePrefix);
    METHODS.put("removesuffix", StringMethods::removeSuffix);
    METHODS.put("replace", StringMethods::replace);
    METHODS.put("join", StringMethods::join);
    METHODS.put("zfill", StringPadding::zeroFill);
    METHODS.put("center", StringPadding::center);
    METHODS.put("ljust", StringPadding::left);
    METHODS.put("rjust", StringPadding::right);
    METHODS.put("expandtabs", StringPadding::expandTabs);
    METHODS.put("format", (s, a, b) -> StringFormat.format(s, a, b));
    METHODS.put("format_map", (s, a, b) -> StringFormat.formatMap(s, a, b));
    StringSearch.METHODS.forEach(METHODS::put);
    StringCase.TESTS.forEach(
        (name, test) -> METHODS.put(name, (s, a, b) -> none(a, name, test.test(s))));
  }

  private StringMethods() {}

  static @Nullable Object of(Object self, String name) {
    BoundMethod.Method<String> method = METHODS.get(name);
    if (method == null) {
      return null;
    }
    if (self instanceof Markup) {
      method = escaping(name, method);
    }
    return new BoundMethod<>(self, Strings.content(self), name, method);
  }

  /** What is put into safe text has to be escaped. */
  private static BoundMethod.Method<String> escaping(
      String name, BoundMethod.Method<String> method) {
    return switch (name) {
      case "join" ->
          (s, a, b) -> {
            List<Object> escaped = new ArrayList<>();
            for (Object each : Sequences.list(a.bind("join", "iterable").get(0), b)) {
              escaped.add(Markup.escape(each, Text.str(each, b)).content());
            }
            return method.call(s, Arguments.of(escaped), b);
          };
      case "replace" ->
          (s, a, b) -> {
            List<Object> escaped = new ArrayList<>(a.positional());
            if (escaped.size() > 1) {
              Object with = escaped.get(1);
              escaped.set(1, Markup.escape(with, Text.str(with, b)).content());
            }
            return method.call(s, new Arguments(escaped, a.named()), b);
          };
      case "format", "format_map" ->
          (s, a, b) -> {
            throw new TemplateException("Markup." + name + " is not supported");
          };
      default -> method;
    };
  }

  private static Object none(Arguments arguments, String method, Object result) {
    arguments.bind(method);
    return result;
  }

  private static @Nullable String chars(Arguments arguments, String method) {
    return arguments.bind(method, "chars?").string(0, null);
  }

  private static Object removePrefix(String self, Arguments arguments, Budget budget) {
    String prefix = arguments.bind("removeprefix", "prefix").string(0);
    return self.startsWith(prefix) ? self.substring(prefix.length()) : self;
  }

  private static Object removeSuffix(String self, Arguments arguments, Budget budget) {
    String suffix = arguments.bind("removesuffix", "suffix").string(0);
    return self.endsWith(suffix) ? self.substring(0, self.length() - suffix.length()) : self;
  }

  private static Object replace(String self, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("replace", "old", "new", "count?");
    return replace(self, bound.string(0), bound.string(1), bound.integer(2, -1), budget);
  }

  /** Replaces the first {@code count} occurrences; all where it is negative. */
  static String replace(String text, String old, String with, int count, Budget budget) {
    if (old.isEmpty()) {
      return interleave(text, with, count, budget);
    }
    SubstringSearch search = SubstringSearch.of(old, budget);
    StringBuilder replaced = new StringBuilder();
    int done = 0;
    int found = search.in(text, 0);
    for (int left = count; found >= 0 && left != 0; left--) {
      replaced.append(text, done, found).append(with);
      budget.checkLength(replaced.length());
      done = found + old.length();
      found = search.in(text, done);
    }
    if (done == 0 && replaced.length() == 0) {
      return text;
    }
    budget.produce((long) replaced.length() + text.length() - done);
    return replaced.append(text, done, text.length()).toString();
  }

  /** What replacing the empty string does. */
  private static String interleave(String text, String with, int count, Budget budget) {
    List<Object> characters = CodePoints.characters(text);
    long gaps = count < 0 ? characters.size() + 1L : Math.min(count, characters.size() + 1L);
    budget.produce(text.length() + gaps * with.length());
    StringBuilder result = new StringBuilder();
    for (int i = 0; i <= characters.size(); i++) {
      result.append(i < gaps ? with : "").append(i < characters.size() ? characters.get(i) : "");
    }
    return result.toString();
  }

  private static Object join(String self, Arguments arguments, Budget budget) {
    StringBuilder joined = new StringBuilder();
    int index = 0;
    Object iterable = arguments.bind("join", "iterable").get(0);
    if (!Sequences.isIterable(iterable)) {
      throw new TemplateException("can only join an iterable");
    }
    for (Iterator<Object> each = Sequences.iterate(iterable, budget); each.hasNext(); index++) {
      Object item = each.next();
      if (!Strings.isString(item)) {
        throw new TemplateException(
            "sequence item %d: expected str instance, %s found".formatted(index, Types.name(item)));
      }
      joined.append(index == 0 ? "" : self).append(Strings.content(item));
      budget.checkLength(joined.length());
    }
    budget.produce(joined.length());
    return joined.toString();
  }
}
