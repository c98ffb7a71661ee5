package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code value[start:stop:step]}. */
public final class Slice {
  private Slice() {}

  public static Object of(Object value, Object start, Object stop, Object step, Budget budget) {
    Undefined.require(value);
    if (Strings.isString(value)) {
      return ofString(value, start, stop, step, budget);
    }
    List<Object> elements = indexable(value);
    if (elements == null) {
      throw new TemplateException(
          value instanceof Dict
              ? "unhashable type: 'slice'"
              : "'" + Types.name(value) + "' object is not subscriptable");
    }
    Bounds bounds = Bounds.of(elements.size(), start, stop, step);
    if (value instanceof Range range) {
      return range.slice(bounds.from(), bounds.to(), bounds.stride());
    }
    budget.produce(bounds.count());
    List<Object> slice = new ArrayList<>(bounds.count());
    for (int i = 0; i < bounds.count(); i++) {
      slice.add(elements.get(bounds.at(i)));
    }
    return value instanceof Tuple ? Tuple.copyOf(slice) : slice;
  }

  private static Object ofString(
      Object string, Object start, Object stop, Object step, Budget budget) {
    String text = Strings.content(string);
    budget.scan(text.length() / 4);
    Bounds bounds = Bounds.of(CodePoints.length(text), start, stop, step);
    budget.produce(bounds.count());
    if (bounds.count() == 0) {
      return Strings.like(string, "");
    }
    if (bounds.stride() == 1) {
      int from = CodePoints.offset(text, bounds.from());
      int to = text.offsetByCodePoints(from, bounds.count());
      return Strings.like(string, text.substring(from, to));
    }
    int[] characters = text.codePoints().toArray();
    StringBuilder slice = new StringBuilder(bounds.count());
    for (int i = 0; i < bounds.count(); i++) {
      slice.appendCodePoint(characters[bounds.at(i)]);
    }
    return Strings.like(string, slice.toString());
  }

  /** The elements of what takes an index, or null. */
  static @Nullable List<Object> indexable(Object value) {
    if (value instanceof List) {
      return Sequences.asList(value);
    } else if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    return value instanceof Range range ? range.elements() : null;
  }

  /**
   * The positions of a slice (PySlice_AdjustIndices).
   *
   * @param to just past the last, seen in the direction of the stride; -1 is before the first
   */
  private record Bounds(int from, int to, int stride, int count) {
    static Bounds of(int length, Object start, Object stop, Object step) {
      int stride = step == None.NONE ? 1 : index(step);
      if (stride == 0) {
        throw new TemplateException("slice step cannot be zero");
      }
      int lowest = stride < 0 ? -1 : 0;
      int highest = stride < 0 ? length - 1 : length;
      int from = position(start, length, lowest, highest, stride < 0 ? highest : lowest);
      int to = position(stop, length, lowest, highest, stride < 0 ? lowest : highest);
      long distance = stride < 0 ? (long) from - to : (long) to - from;
      long count = distance <= 0 ? 0 : (distance - 1) / Math.abs((long) stride) + 1;
      return new Bounds(from, to, stride, (int) count);
    }

    private static int position(Object given, int length, int lowest, int highest, int otherwise) {
      if (given == None.NONE) {
        return otherwise;
      }
      long index = index(given);
      return (int) Math.max(lowest, Math.min(highest, index < 0 ? index + length : index));
    }

    private static int index(Object value) {
      Undefined.require(value);
      if (!Numbers.isInteger(value)) {
        throw new TemplateException(
            "slice indices must be integers or None or have an __index__ method");
      }
      return Numbers.index(value);
    }

    int at(int i) {
      return (int) (from + (long) i * stride);
    }
  }
}
