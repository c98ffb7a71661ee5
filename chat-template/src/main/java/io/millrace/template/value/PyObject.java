package io.millrace.template.value;

import org.jspecify.annotations.Nullable;

/** A value that is none of Python's plain data types. */
public interface PyObject {
  /** The name of the type in error messages. */
  String typeName();

  /** The name with its module, as messages about missing attributes give it. */
  default String qualifiedName() {
    return typeName();
  }

  /** An attribute, or null where there is none. */
  default @Nullable Object attribute(String name) {
    return null;
  }

  /** What {@code repr()} and, for these, {@code str()} give. */
  default String representation() {
    return "<" + typeName() + " object>";
  }
}
