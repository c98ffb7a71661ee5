package io.millrace.template.value;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A lazy iterator over the elements that pass a test. */
public final class FilteredIterator implements Iterator<Object> {
  private final Iterator<Object> elements;
  private final Predicate<Object> test;
  private @Nullable Object next;

  public FilteredIterator(Iterator<Object> elements, Predicate<Object> test) {
    this.elements = elements;
    this.test = test;
  }

  @Override
  public boolean hasNext() {
    while (next == null && elements.hasNext()) {
      Object element = elements.next();
      next = test.test(element) ? element : null;
    }
    return next != null;
  }

  @Override
  public Object next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    Object element = next;
    next = null;
    return element;
  }
}
