package io.millrace.grammar.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/** A set of Unicode characters, surrogates left out. Immutable. */
public final class CodePoints {
  private static final int LAST = Character.MAX_CODE_POINT;

  /** No character. */
  public static final CodePoints NONE = new CodePoints(List.of());

  /** All characters. */
  public static final CodePoints ALL = range(0, LAST);

  /** Characters from {@code low} to {@code high}, both included. */
  public record Range(int low, int high) {}

  private final List<Range> ranges;

  private CodePoints(List<Range> ranges) {
    this.ranges = ranges;
  }

  /** The characters from {@code low} to {@code high}, both included. */
  public static CodePoints range(int low, int high) {
    List<Range> ranges = new ArrayList<>(2);
    add(ranges, low, Math.min(high, Character.MIN_SURROGATE - 1));
    add(ranges, Math.max(low, Character.MAX_SURROGATE + 1), high);
    return new CodePoints(List.copyOf(ranges));
  }

  /** One character. */
  public static CodePoints of(int codePoint) {
    return range(codePoint, codePoint);
  }

  /** The characters of a text. */
  public static CodePoints of(String text) {
    return text.codePoints().mapToObj(CodePoints::of).reduce(NONE, CodePoints::or);
  }

  private static void add(List<Range> ranges, int low, int high) {
    if (low <= high) {
      ranges.add(new Range(low, high));
    }
  }

  /** What is in this or the other. */
  public CodePoints or(CodePoints other) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.addAll(other.ranges);
    sorted.sort(Comparator.comparingInt(Range::low));
    List<Range> merged = new ArrayList<>(sorted.size());
    for (Range range : sorted) {
      int last = merged.size() - 1;
      if (last >= 0 && range.low <= merged.get(last).high + 1) {
        Range before = merged.get(last);
        merged.set(last, new Range(before.low, Math.max(before.high, range.high)));
      } else {
        merged.add(range);
      }
    }
    return new CodePoints(List.copyOf(merged));
  }

  /** All characters that are not in this. */
  public CodePoints not() {
    CodePoints result = NONE;
    int next = 0;
    for (Range range : ranges) {
      if (range.low > next) {
        result = result.or(range(next, range.low - 1));
      }
      next = range.high + 1;
    }
    return next > LAST ? result : result.or(range(next, LAST));
  }

  /** What is in this and the other. */
  public CodePoints and(CodePoints other) {
    return not().or(other.not()).not();
  }

  /** The ranges, in order, without touching. */
  public List<Range> ranges() {
    return ranges;
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** Whether the character is in the set. */
  public boolean contains(int codePoint) {
    return ranges.stream().anyMatch(it -> it.low <= codePoint && codePoint <= it.high);
  }

  /** The characters of a Java predicate, looked at one by one. */
  static CodePoints where(IntPredicate predicate) {
    List<Range> found = new ArrayList<>();
    int start = -1;
    for (int c = 0; c <= LAST + 1; c++) {
      boolean in = c <= LAST && (c < 0xD800 || c > 0xDFFF) && predicate.test(c);
      if (in && start < 0) {
        start = c;
      } else if (!in && start >= 0) {
        found.add(new Range(start, c - 1));
        start = -1;
      }
    }
    return new CodePoints(List.copyOf(found));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodePoints set && ranges.equals(set.ranges);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ranges.toArray());
  }
}
