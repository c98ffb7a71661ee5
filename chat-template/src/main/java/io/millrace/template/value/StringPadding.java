package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;

/** The methods of {@code str} that make it longer. */
public final class StringPadding {
  private StringPadding() {}

  static Object center(String self, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("center", "width", "fillchar?");
    return center(self, bound.integer(0, 0), fill(bound), budget);
  }

  /** {@code str.center}. */
  public static String center(String text, int width, String fill, Budget budget) {
    int missing = missing(text, width, budget);
    int left = missing / 2 + (missing & width & 1);
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }

  static Object left(String self, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("ljust", "width", "fillchar?");
    return self + fill(bound).repeat(missing(self, bound.integer(0, 0), budget));
  }

  static Object right(String self, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("rjust", "width", "fillchar?");
    return fill(bound).repeat(missing(self, bound.integer(0, 0), budget)) + self;
  }

  static Object zeroFill(String self, Arguments arguments, Budget budget) {
    int width = arguments.bind("zfill", "width").integer(0, 0);
    int sign = self.startsWith("-") || self.startsWith("+") ? 1 : 0;
    return self.substring(0, sign)
        + "0".repeat(missing(self, width, budget))
        + self.substring(sign);
  }

  static Object expandTabs(String self, Arguments arguments, Budget budget) {
    int size = arguments.bind("expandtabs", "tabsize?").integer(0, 8);
    StringBuilder expanded = new StringBuilder();
    int column = 0;
    for (int c : self.codePoints().toArray()) {
      if (c == '\t') {
        int spaces = size <= 0 ? 0 : size - column % size;
        budget.checkLength((long) expanded.length() + spaces);
        expanded.append(" ".repeat(spaces));
        column += spaces;
      } else {
        expanded.appendCodePoint(c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
    budget.produce(expanded.length());
    return expanded.toString();
  }

  private static int missing(String text, int width, Budget budget) {
    budget.produce(Math.max(width, text.length()));
    return Math.max(0, width - CodePoints.length(text));
  }

  private static String fill(Arguments.Bound bound) {
    String fill = bound.has(1) ? bound.string(1) : " ";
    if (CodePoints.length(fill) != 1) {
      throw new TemplateException("The fill character must be exactly one character long");
    }
    return fill;
  }
}
