package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Python dict: keeps the order of insertion, and takes keys that are equal ({@code 1}, {@code
 * 1.0} and {@code True}) for one. Filled once, then only read.
 */
public final class Dict implements PyObject {
  /** What all undefined values are as a key: they are equal. */
  private static final Object UNDEFINED_KEY = new Object();

  private final Map<Object, Object> values = new LinkedHashMap<>();

  /** The keys that are not their own canonical form. */
  private final Map<Object, Object> originals = new HashMap<>();

  /** Adds or replaces; a key that is there already stays as it was written first. */
  public void put(Object key, Object value, Budget budget) {
    Object canonical = key instanceof String ? key : canonical(key, budget);
    if (canonical != key && !values.containsKey(canonical)) {
      originals.put(canonical, key);
    }
    values.put(canonical, value);
  }

  public @Nullable Object get(Object key, Budget budget) {
    return values.get(key instanceof String ? key : canonical(key, budget));
  }

  public @Nullable Object get(String key) {
    return values.get(key);
  }

  public int size() {
    return values.size();
  }

  public List<Object> keys() {
    List<Object> keys = new ArrayList<>(values.size());
    values.keySet().forEach(key -> keys.add(originals.getOrDefault(key, key)));
    return keys;
  }

  public List<Object> values() {
    return new ArrayList<>(values.values());
  }

  /** Key and value of each entry, as tuples. */
  public List<Object> items() {
    List<Object> items = new ArrayList<>(values.size());
    values.forEach((key, value) -> items.add(Tuple.of(originals.getOrDefault(key, key), value)));
    return items;
  }

  /**
   * One object for all keys that Python holds equal.
   *
   * @throws TemplateException if the value cannot be a key
   */
  public static Object canonical(Object key, Budget budget) {
    budget.step();
    if (key instanceof Markup markup) {
      return markup.content();
    } else if (key instanceof Boolean truth) {
      return truth ? 1L : 0L;
    } else if (key instanceof Double number) {
      return number % 1 == 0 ? Numbers.integer(number) : number;
    } else if (key instanceof Tuple tuple) {
      return canonicalTuple(tuple, budget);
    } else if (key instanceof Undefined) {
      return UNDEFINED_KEY;
    } else if (!isHashable(key)) {
      throw new TemplateException("unhashable type: '" + Types.name(key) + "'");
    }
    return key;
  }

  private static Object canonicalTuple(Tuple tuple, Budget budget) {
    budget.enter(1);
    List<Object> items = new ArrayList<>(tuple.items().size());
    tuple.items().forEach(item -> items.add(canonical(item, budget)));
    budget.leave(1);
    return new TupleKey(items);
  }

  private static boolean isHashable(Object key) {
    return key instanceof String
        || key instanceof Long
        || key instanceof BigInteger
        || key == None.NONE
        || (key instanceof PyObject && !(key instanceof Dict));
  }

  @Override
  public String typeName() {
    return "dict";
  }

  @Override
  public @Nullable Object attribute(String name) {
    return DictMethods.of(this, name);
  }

  private record TupleKey(List<Object> items) {}
}
