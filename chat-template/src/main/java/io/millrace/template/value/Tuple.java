package io.millrace.template.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Python tuple; one that {@code groupby} makes has names for its two items. */
public final class Tuple implements PyObject {
  public static final Tuple EMPTY = new Tuple(List.of(), List.of());

  private final List<Object> items;
  private final List<String> names;

  private Tuple(List<Object> items, List<String> names) {
    this.items = items;
    this.names = names;
  }

  public static Tuple of(Object... items) {
    return new Tuple(List.of(items), List.of());
  }

  public static Tuple copyOf(List<Object> items) {
    return new Tuple(List.copyOf(items), List.of());
  }

  /** A group's key and its members (jinja2.filters._GroupTuple). */
  public static Tuple group(Object key, List<Object> members) {
    return new Tuple(List.of(key, members), List.of("grouper", "list"));
  }

  public List<Object> items() {
    return items;
  }

  @Override
  public String typeName() {
    return "tuple";
  }

  @Override
  public @Nullable Object attribute(String name) {
    int index = names.indexOf(name);
    return index < 0 ? SequenceMethods.of(this, items, name) : items.get(index);
  }
}
