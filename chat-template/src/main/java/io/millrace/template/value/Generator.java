package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.util.Iterator;

/**
 * Elements made as they are asked for, once: what {@code map}, {@code select} and the like give.
 * Errors of an element come up where it is used, as in Python.
 */
public final class Generator implements PyObject, Iterable<Object> {
  private static final int MAX_DEPTH = 100;

  private final String typeName;
  private final Iterator<Object> elements;
  private final int depth;

  private Generator(String typeName, Iterator<Object> elements, int depth) {
    if (depth > MAX_DEPTH) {
      throw new TemplateException(
          "generators are fed by generators more than %d deep".formatted(MAX_DEPTH));
    }
    this.typeName = typeName;
    this.elements = elements;
    this.depth = depth;
  }

  /** A generator over what another value gives. */
  public static Generator over(Object source, Iterator<Object> elements) {
    return new Generator("generator", elements, depth(source) + 1);
  }

  /** The iterator of a built-in type, such as that of {@code reversed(list)}. */
  public static Generator iterator(String typeName, Iterator<Object> elements) {
    return new Generator(typeName, elements, 1);
  }

  private static int depth(Object source) {
    return source instanceof Generator generator ? generator.depth : 0;
  }

  @Override
  public Iterator<Object> iterator() {
    return elements;
  }

  @Override
  public String typeName() {
    return typeName;
  }
}
