package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.util.Iterator;
import java.util.List;

/** The constructor {@code dict(...)}. */
public final class Dicts {
  private Dicts() {}

  /** From a dict or pairs, if given, and from named arguments. */
  public static Dict of(Arguments arguments, Budget budget) {
    if (arguments.positional().size() > 1) {
      throw new TemplateException(
          "dict expected at most 1 argument, got " + arguments.positional().size());
    }
    Dict dict = new Dict();
    for (Object source : arguments.positional()) {
      fill(dict, source, budget);
    }
    arguments.named().forEach((name, value) -> dict.put(name, value, budget));
    budget.produce(dict.size());
    return dict;
  }

  private static void fill(Dict dict, Object source, Budget budget) {
    Undefined.require(source);
    Object pairs = source instanceof Dict other ? other.items() : source;
    for (Iterator<Object> each = Sequences.iterate(pairs, budget); each.hasNext(); ) {
      List<Object> pair = Sequences.list(each.next(), budget);
      if (pair.size() != 2) {
        throw new TemplateException(
            "dictionary update sequence element has length %d; 2 is required"
                .formatted(pair.size()));
      }
      dict.put(pair.get(0), pair.get(1), budget);
    }
  }
}
