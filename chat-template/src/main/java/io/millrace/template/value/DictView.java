package io.millrace.template.value;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** A Python dict view, as {@code keys()}, {@code values()} and {@code items()} return it. */
public record DictView(Dict owner, Kind kind)
    implements PyObject, Sequences.Sized, Iterable<Object> {
  /** Which of the three. */
  public enum Kind {
    KEYS,
    VALUES,
    ITEMS
  }

  List<Object> elements() {
    return switch (kind) {
      case KEYS -> owner.keys();
      case VALUES -> owner.values();
      case ITEMS -> owner.items();
    };
  }

  @Override
  public Iterator<Object> iterator() {
    return elements().iterator();
  }

  @Override
  public int size() {
    return owner.size();
  }

  @Override
  public String typeName() {
    return "dict_" + kind.name().toLowerCase(Locale.ROOT);
  }
}
