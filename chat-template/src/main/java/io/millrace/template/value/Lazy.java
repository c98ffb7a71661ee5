package io.millrace.template.value;

import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Elements whose source is made when they are first asked for: that is when Python sees errors. */
public final class Lazy implements Iterator<Object> {
  private final Supplier<Iterator<Object>> source;
  private @Nullable Iterator<Object> elements;

  public Lazy(Supplier<Iterator<Object>> source) {
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
