package io.millrace.template.value;

import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An iterator whose source is made at the first element, which is when Python raises errors. */
public final class LazyIterator implements Iterator<Object> {
  private final Supplier<Iterator<Object>> source;
  private @Nullable Iterator<Object> elements;

  public LazyIterator(Supplier<Iterator<Object>> source) {
    this.source = source;
  }

  @Override
  public boolean hasNext() {
    return elements().hasNext();
  }

  @Override
  public Object next() {
    return elements().next();
  }

  private Iterator<Object> elements() {
    if (elements == null) {
      elements = source.get();
    }
    return elements;
  }
}
