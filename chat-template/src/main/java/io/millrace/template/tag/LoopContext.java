package io.millrace.template.tag;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Callable;
import io.millrace.template.value.Comparison;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Tuple;
import io.millrace.template.value.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop} (jinja2.runtime.LoopContext). Looks one element ahead at most. */
final class LoopContext implements Callable, Sequences.Sized {
  private final int depth;
  private final @Nullable Recursion recursion;
  private Iterator<Object> elements;
  private int length;
  private int index0 = -1;
  private @Nullable Object previous;
  private @Nullable Object current;
  private @Nullable Object following;
  private @Nullable Object lastChanged;

  /**
   * @param length of the elements, or {@link Sequences#UNSIZED}
   * @param depth of recursive loops, from 0
   */
  LoopContext(Iterator<Object> elements, int length, int depth, @Nullable Recursion recursion) {
    this.elements = elements;
    this.length = length;
    this.depth = depth;
    this.recursion = recursion;
  }

  /** Goes on to the next element; false if there is none. */
  boolean advance() {
    Object next = peek();
    if (next == null) {
      return false;
    }
    following = null;
    index0++;
    previous = current;
    current = next;
    return true;
  }

  Object current() {
    if (current == null) {
      throw new IllegalStateException("the loop has not begun");
    }
    return current;
  }

  private @Nullable Object peek() {
    if (following == null && elements.hasNext()) {
      following = elements.next();
    }
    return following;
  }

  @Override
  public int size() {
    if (length == Sequences.UNSIZED) {
      List<Object> rest = new ArrayList<>();
      elements.forEachRemaining(rest::add);
      elements = rest.iterator();
      length = rest.size() + index0 + 1 + (following == null ? 0 : 1);
    }
    return length;
  }

  @Override
  public @Nullable Object attribute(String name) {
    return switch (name) {
      case "index" -> index0 + 1L;
      case "index0" -> (long) index0;
      case "revindex" -> (long) size() - index0;
      case "revindex0" -> size() - index0 - 1L;
      case "first" -> index0 == 0;
      case "last" -> peek() == null;
      case "length" -> (long) size();
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" -> present(previous, "there is no previous item");
      case "nextitem" -> present(peek(), "there is no next item");
      case "cycle" -> (Callable) (budget, arguments) -> cycle(arguments);
      case "changed" -> (Callable) (budget, arguments) -> changed(arguments, budget);
      default -> null;
    };
  }

  private static Object present(@Nullable Object item, String otherwise) {
    return item == null ? Undefined.because(otherwise) : item;
  }

  private Object cycle(Arguments arguments) {
    List<Object> items = arguments.positional();
    if (items.isEmpty()) {
      throw new TemplateException("no items for cycling given");
    }
    return items.get(index0 % items.size());
  }

  private Object changed(Arguments arguments, Budget budget) {
    Tuple values = Tuple.copyOf(arguments.positional());
    boolean changed = lastChanged == null || !Comparison.equal(lastChanged, values, budget);
    lastChanged = values;
    return changed;
  }

  @Override
  public Object call(Budget budget, Arguments arguments) {
    if (recursion == null) {
      throw new TemplateException(
          "The loop must have the 'recursive' marker to be called recursively.");
    }
    return recursion.render(arguments.bind("loop", "iterable").get(0));
  }

  @Override
  public String typeName() {
    return "LoopContext";
  }

  @Override
  public String qualifiedName() {
    return "jinja2.runtime.LoopContext";
  }

  @Override
  public String representation() {
    return "<LoopContext %d/%d>".formatted(index0 + 1, size());
  }

  /** Renders the body of a recursive loop for other elements. */
  @FunctionalInterface
  interface Recursion {
    String render(Object elements);
  }
}
