package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/** The methods of {@code str} that look for something in it; positions are in code points. */
final class StringSearch {
  static final Map<String, BoundMethod.Method<String>> METHODS =
      Map.of(
          "find", (s, a, b) -> position(s, a, b, "find"),
          "rfind", (s, a, b) -> position(s, a, b, "rfind"),
          "index", (s, a, b) -> requirePosition(s, a, b, "index"),
          "rindex", (s, a, b) -> requirePosition(s, a, b, "rindex"),
          "count", StringSearch::count,
          "startswith", (s, a, b) -> hasAffix(s, a, "startswith", String::startsWith),
          "endswith", (s, a, b) -> hasAffix(s, a, "endswith", String::endsWith));

  private StringSearch() {}

  private static Object position(String self, Arguments arguments, Budget budget, String method) {
    Window window = Window.of(self, arguments.bind(method, "sub", "start?", "end?"));
    String wanted = window.bound().string(0);
    if (window.isVoid()) {
      return -1L;
    }
    int found =
        method.startsWith("r")
            ? last(window.text(), wanted, budget)
            : SubstringSearch.of(wanted, budget).in(window.text(), 0);
    return found < 0 ? -1L : (long) window.start() + window.text().codePointCount(0, found);
  }

  /** The last position, or -1. */
  static int last(String text, String wanted, Budget budget) {
    String mirrored = new StringBuilder(text).reverse().toString();
    String needle = new StringBuilder(wanted).reverse().toString();
    int found = SubstringSearch.of(needle, budget).in(mirrored, 0);
    return found < 0 ? -1 : text.length() - found - wanted.length();
  }

  private static Object requirePosition(
      String self, Arguments arguments, Budget budget, String method) {
    Object found = position(self, arguments, budget, method);
    if (found.equals(-1L)) {
      throw new TemplateException("substring not found");
    }
    return found;
  }

  private static Object count(String self, Arguments arguments, Budget budget) {
    Window window = Window.of(self, arguments.bind("count", "sub", "start?", "end?"));
    String wanted = window.bound().string(0);
    if (window.isVoid()) {
      return 0L;
    } else if (wanted.isEmpty()) {
      return CodePoints.length(window.text()) + 1L;
    }
    SubstringSearch search = SubstringSearch.of(wanted, budget);
    long count = 0;
    for (int at = search.in(window.text(), 0);
        at >= 0;
        at = search.in(window.text(), at + wanted.length())) {
      count++;
    }
    return count;
  }

  private static Object hasAffix(
      String self, Arguments arguments, String method, BiPredicate<String, String> test) {
    Window window = Window.of(self, arguments.bind(method, "affix", "start?", "end?"));
    Object affix = Undefined.require(window.bound().get(0));
    if (Strings.isString(affix)) {
      return !window.isVoid() && test.test(window.text(), Strings.content(affix));
    } else if (affix instanceof Tuple tuple) {
      List<Object> any = tuple.items();
      return !window.isVoid()
          && any.stream()
              .anyMatch(
                  each ->
                      test.test(
                          window.text(),
                          Strings.require(
                              each, "tuple for " + method + " must only contain str: each")));
    }
    throw new TemplateException(
        "%s first arg must be str or a tuple of str, not %s".formatted(method, Types.name(affix)));
  }

  /**
   * The part of a string between the arguments {@code start} and {@code end}.
   *
   * @param isVoid whether it begins after the end of the string, where not even "" is found
   */
  private record Window(String text, int start, boolean isVoid, Arguments.Bound bound) {
    static Window of(String self, Arguments.Bound bound) {
      if (!bound.has(1) && !bound.has(2)) {
        return new Window(self, 0, false, bound);
      }
      int length = CodePoints.length(self);
      int start = Math.max(0, position(bound.get(1, None.NONE), 0, length));
      int end = Math.min(length, position(bound.get(2, None.NONE), length, length));
      if (start > end) {
        return new Window("", start, true, bound);
      }
      int from = CodePoints.offset(self, start);
      int to = self.offsetByCodePoints(from, end - start);
      return new Window(self.substring(from, to), start, false, bound);
    }

    private static int position(Object given, int otherwise, int length) {
      if (given == None.NONE) {
        return otherwise;
      }
      int index = Numbers.index(given);
      return index < 0 ? Math.max(0, index + length) : index;
    }
  }
}
