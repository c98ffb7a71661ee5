package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code value.name} and {@code value[key]} as Jinja2's immutable sandbox resolves them
 * (jinja2.sandbox): the dot prefers attributes, brackets prefer elements, what is missing is {@link
 * Undefined}, and so is what the sandbox hides.
 */
public final class Access {
  /** What every Python object has, and no template may see. */
  private static final Set<String> HIDDEN =
      Set.of(
          "__class__",
          "__init__",
          "__new__",
          "__dict__",
          "__doc__",
          "__module__",
          "__eq__",
          "__ne__",
          "__lt__",
          "__le__",
          "__gt__",
          "__ge__",
          "__hash__",
          "__str__",
          "__repr__",
          "__len__",
          "__iter__",
          "__getitem__",
          "__contains__",
          "__add__",
          "__mul__",
          "__bool__",
          "__dir__",
          "__format__",
          "__getattribute__",
          "__setattr__",
          "__delattr__",
          "__reduce__",
          "__reduce_ex__",
          "__sizeof__",
          "__subclasshook__",
          "__init_subclass__",
          "__call__");

  private static final Set<String> LIST_MUTATORS =
      Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
  private static final Set<String> DICT_MUTATORS =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private Access() {}

  /** {@code value.name}. */
  public static Object attribute(Object value, String name) {
    Object found = safeAttribute(value, name);
    if (found == null) {
      Undefined.require(value);
      found = value instanceof Dict dict ? dict.get(name) : null;
    }
    return found == null ? Undefined.element(value, name) : found;
  }

  /** {@code value[key]}. */
  public static Object item(Object value, Object key, Budget budget) {
    Undefined.require(value);
    Object found = element(value, key, budget);
    if (found == null && Strings.isString(key)) {
      found = safeAttribute(value, Strings.content(key));
    }
    return found == null ? Undefined.element(value, key) : found;
  }

  /** An attribute and nothing else, or null: what the filter {@code attr} finds. */
  public static @Nullable Object safeAttribute(Object value, String name) {
    boolean hidden =
        HIDDEN.contains(name)
            || (value instanceof List && LIST_MUTATORS.contains(name))
            || (value instanceof Dict && DICT_MUTATORS.contains(name));
    if (hidden) {
      return Undefined.unsafe(value, name);
    }
    Object found = rawAttribute(value, name);
    return found != null && name.startsWith("_") ? Undefined.unsafe(value, name) : found;
  }

  private static @Nullable Object rawAttribute(Object value, String name) {
    if (value instanceof String || value instanceof Markup) {
      return StringMethods.of(value, name);
    } else if (value instanceof List) {
      return SequenceMethods.of(value, Sequences.asList(value), name);
    } else if (Numbers.isNumber(value)) {
      return NumberMethods.of(value, name);
    }
    return value instanceof PyObject object ? object.attribute(name) : null;
  }

  private static @Nullable Object element(Object value, Object key, Budget budget) {
    if (value instanceof Dict dict) {
      return isUnhashable(key) ? null : dict.get(key, budget);
    }
    if (!Numbers.isInteger(key)) {
      return null;
    }
    if (Strings.isString(value)) {
      return character(value, Numbers.index(key), budget);
    }
    List<Object> elements = Slice.indexable(value);
    if (elements == null) {
      return null;
    }
    int index = Numbers.index(key);
    int position = index < 0 ? index + elements.size() : index;
    return position < 0 || position >= elements.size() ? null : elements.get(position);
  }

  private static boolean isUnhashable(Object key) {
    return key instanceof List || key instanceof Dict;
  }

  private static @Nullable Object character(Object string, int index, Budget budget) {
    String text = Strings.content(string);
    budget.scan(text.length() / 4);
    int length = CodePoints.length(text);
    int position = index < 0 ? index + length : index;
    if (position < 0 || position >= length) {
      return null;
    }
    int start = CodePoints.offset(text, position);
    return Strings.like(string, Character.toString(text.codePointAt(start)));
  }

  /** Calls a value, if it can be called. */
  public static Object call(Object function, Arguments arguments, Budget budget) {
    if (function instanceof Callable callable) {
      return callable.call(budget, arguments);
    }
    Undefined.require(function);
    throw new TemplateException("'" + Types.name(function) + "' object is not callable");
  }
}
