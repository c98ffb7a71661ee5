package io.millrace.template.value;

import java.math.BigInteger;
import java.util.List;

/** The names of Python's types. */
public final class Types {
  private static final int SHOWN_CHARACTERS = 40;

  private Types() {}

  /** As in {@code type(value).__name__}. */
  public static String name(Object value) {
    if (value instanceof String) {
      return "str";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return "int";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof List) {
      return "list";
    } else if (value == None.NONE) {
      return "NoneType";
    } else if (value instanceof Undefined) {
      return "Undefined";
    } else if (value instanceof PyObject object) {
      return object.typeName();
    }
    throw new IllegalStateException("not a template value: " + value.getClass());
  }

  static String qualifiedName(Object value) {
    return value instanceof PyObject object ? object.qualifiedName() : name(value);
  }

  /** A key in an error message; only what is short and plain is shown. */
  static String brief(Object key) {
    if (key instanceof Number || key instanceof Boolean || key == None.NONE) {
      String text = key instanceof Number ? key.toString() : name(key);
      return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
    }
    return "of type " + name(key);
  }
}
