package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Length and iteration of everything that has them. */
public final class Sequences {
  /** The length of what has none. */
  public static final int UNSIZED = -1;

  private Sequences() {}

  /** {@code len(value)}, or {@link #UNSIZED}. */
  public static int length(Object value) {
    if (value instanceof List<?> list) {
      return list.size();
    } else if (Strings.isString(value)) {
      return CodePoints.length(Strings.content(value));
    } else if (value instanceof Dict dict) {
      return dict.size();
    } else if (value instanceof Tuple tuple) {
      return tuple.items().size();
    } else if (value instanceof Undefined) {
      return 0;
    }
    return value instanceof Sized sized ? sized.size() : UNSIZED;
  }

  /** {@code len(value)}, an error for what has no length. */
  public static long requireLength(Object value) {
    int length = length(value);
    if (length == UNSIZED) {
      throw new TemplateException("object of type '" + Types.name(value) + "' has no len()");
    }
    return length;
  }

  public static boolean isIterable(Object value) {
    return value instanceof List
        || value instanceof Iterable
        || Strings.isString(value)
        || value instanceof Dict
        || value instanceof Tuple
        || value instanceof Undefined;
  }

  /** {@code iter(value)}: each element is a step of the budget. */
  public static Iterator<Object> iterate(Object value, Budget budget) {
    scan(value, budget);
    Iterator<Object> elements = elements(value);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return elements.hasNext();
      }

      @Override
      public Object next() {
        budget.step();
        return elements.next();
      }
    };
  }

  /** Counts what going over a value costs, for those whose elements are not counted one by one. */
  public static void scan(Object value, Budget budget) {
    if (Strings.isString(value)) {
      budget.scan(Strings.content(value).length());
    } else if (value instanceof List<?> list) {
      budget.scan(list.size());
    } else if (value instanceof Dict dict) {
      budget.scan(dict.size());
    }
  }

  /** {@code list(value)}. */
  public static List<Object> list(Object value, Budget budget) {
    List<Object> ready = readyElements(value);
    if (ready != null) {
      budget.produce(ready.size());
      return ready;
    }
    List<Object> list = new ArrayList<>();
    for (Iterator<Object> elements = iterate(value, budget); elements.hasNext(); ) {
      list.add(elements.next());
      budget.checkLength(list.size());
    }
    budget.produce(list.size());
    return list;
  }

  /** The elements last to first, or null for what {@code reversed()} does not take. */
  public static @Nullable List<Object> reversed(Object value) {
    List<Object> ready = value instanceof Range range ? range.elements() : readyElements(value);
    if (ready == null) {
      return null;
    }
    List<Object> reversed = new ArrayList<>(ready);
    Collections.reverse(reversed);
    return reversed;
  }

  private static Iterator<Object> elements(Object value) {
    List<Object> ready = readyElements(value);
    if (ready != null) {
      return ready.iterator();
    }
    if (value instanceof Iterable<?> iterable) {
      @SuppressWarnings("unchecked")
      Iterator<Object> iterator = (Iterator<Object>) iterable.iterator();
      return iterator;
    }
    throw new TemplateException("'" + Types.name(value) + "' object is not iterable");
  }

  private static @Nullable List<Object> readyElements(Object value) {
    if (value instanceof List) {
      return asList(value);
    } else if (value instanceof Tuple tuple) {
      return tuple.items();
    } else if (Strings.isString(value)) {
      return CodePoints.characters(Strings.content(value));
    } else if (value instanceof Dict dict) {
      return dict.keys();
    } else if (value instanceof DictView view) {
      return view.elements();
    }
    return value instanceof Undefined ? List.of() : null;
  }

  @SuppressWarnings("unchecked")
  public static List<Object> asList(Object list) {
    return (List<Object>) list;
  }

  /** What has a length beside Python's plain data types. */
  public interface Sized {
    int size();
  }
}
