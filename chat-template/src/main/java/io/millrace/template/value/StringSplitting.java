package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of {@code str} that take it apart. */
public final class StringSplitting {
  private StringSplitting() {}

  static Object split(String self, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("split", "sep?", "maxsplit?");
    String separator = separator(bound);
    int most = limit(bound);
    List<Object> parts =
        separator == null ? words(self, most) : split(self, separator, most, budget);
    budget.produce(parts.size());
    return parts;
  }

  private static @Nullable String separator(Arguments.Bound bound) {
    String separator = bound.string(0, null);
    if (separator != null && separator.isEmpty()) {
      throw new TemplateException("empty separator");
    }
    return separator;
  }

  private static int limit(Arguments.Bound bound) {
    int most = bound.integer(1, -1);
    return most < 0 ? Integer.MAX_VALUE : most;
  }

  private static List<Object> split(String text, String separator, int most, Budget budget) {
    List<Object> parts = new ArrayList<>();
    SubstringSearch search = SubstringSearch.of(separator, budget);
    int start = 0;
    int found = search.in(text, 0);
    while (found >= 0 && parts.size() < most) {
      parts.add(text.substring(start, found));
      start = found + separator.length();
      found = search.in(text, start);
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static List<Object> words(String text, int most) {
    List<Object> words = new ArrayList<>();
    int at = skip(text, 0, true);
    while (at < text.length()) {
      if (words.size() == most) {
        words.add(text.substring(at));
        return words;
      }
      int end = skip(text, at, false);
      words.add(text.substring(at, end));
      at = skip(text, end, true);
    }
    return words;
  }

  private static int skip(String text, int from, boolean spaces) {
    int at = from;
    while (at < text.length() && Strings.isSpace(text.charAt(at)) == spaces) {
      at++;
    }
    return at;
  }

  static Object splitRight(String self, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("rsplit", "sep?", "maxsplit?");
    String separator = separator(bound);
    // Mirrored, the last become the first.
    String mirrored = new StringBuilder(self).reverse().toString();
    int most = limit(bound);
    List<Object> parts =
        separator == null
            ? words(mirrored, most)
            : split(mirrored, new StringBuilder(separator).reverse().toString(), most, budget);
    parts.replaceAll(part -> new StringBuilder((String) part).reverse().toString());
    Collections.reverse(parts);
    budget.produce(parts.size());
    return parts;
  }

  static Object splitLines(String self, Arguments arguments, Budget budget) {
    List<Object> lines = lines(self, arguments.bind("splitlines", "keepends?").truth(0, false));
    budget.produce(lines.size());
    return lines;
  }

  /** {@code str.splitlines}. */
  public static List<Object> lines(String text, boolean keepEnds) {
    List<Object> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (Strings.isLineBreak(text.charAt(i))) {
        boolean pair = text.startsWith("\r\n", i);
        int next = pair ? i + 2 : i + 1;
        lines.add(text.substring(start, keepEnds ? next : i));
        start = next;
        i = next - 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  static Object partition(String self, Arguments arguments, Budget budget) {
    String separator = required(arguments, "partition");
    int found = SubstringSearch.of(separator, budget).in(self, 0);
    return found < 0
        ? Tuple.of(self, "", "")
        : Tuple.of(self.substring(0, found), separator, self.substring(found + separator.length()));
  }

  static Object partitionRight(String self, Arguments arguments, Budget budget) {
    String separator = required(arguments, "rpartition");
    int found = StringSearch.last(self, separator, budget);
    return found < 0
        ? Tuple.of("", "", self)
        : Tuple.of(self.substring(0, found), separator, self.substring(found + separator.length()));
  }

  private static String required(Arguments arguments, String method) {
    String separator = arguments.bind(method, "sep").string(0);
    if (separator.isEmpty()) {
      throw new TemplateException("empty separator");
    }
    return separator;
  }
}
