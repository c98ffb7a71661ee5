package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's {@code range}, held to 100,000 elements as Jinja2's sandbox holds it. */
public final class Range implements PyObject, Iterable<Object>, Sequences.Sized {
  private static final int MAX_SIZE = 100_000;

  private final long start;
  private final long stop;
  private final long step;
  private final int size;

  private Range(long start, long stop, long step) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    long distance = step > 0 ? stop - start : start - stop;
    long count = distance <= 0 ? 0 : (distance - 1) / Math.abs(step) + 1;
    if (count > MAX_SIZE) {
      throw new TemplateException(
          "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MAX_SIZE + ").");
    }
    this.size = (int) count;
  }

  /** {@code range(stop)}, {@code range(start, stop)} or {@code range(start, stop, step)}. */
  public static Range of(List<Object> arguments) {
    if (arguments.isEmpty() || arguments.size() > 3) {
      throw new TemplateException("range expected 1 to 3 arguments, got " + arguments.size());
    }
    long first = Numbers.index(arguments.get(0));
    if (arguments.size() == 1) {
      return new Range(0, first, 1);
    }
    long step = arguments.size() == 3 ? Numbers.index(arguments.get(2)) : 1;
    if (step == 0) {
      throw new TemplateException("range() arg 3 must not be zero");
    }
    return new Range(first, Numbers.index(arguments.get(1)), step);
  }

  public List<Object> elements() {
    return new AbstractList<>() {
      @Override
      public Object get(int index) {
        return start + index * step;
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  /** A part of this range, given by positions that lie within it. */
  Range slice(long from, long to, long stride) {
    return new Range(start + from * step, start + to * step, step * stride);
  }

  @Override
  public Iterator<Object> iterator() {
    return elements().iterator();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public String typeName() {
    return "range";
  }

  @Override
  public @Nullable Object attribute(String name) {
    return switch (name) {
      case "start" -> start;
      case "stop" -> stop;
      case "step" -> step;
      default -> SequenceMethods.of(this, elements(), name);
    };
  }

  @Override
  public String representation() {
    return step == 1
        ? "range(%d, %d)".formatted(start, stop)
        : "range(%d, %d, %d)".formatted(start, stop, step);
  }
}
