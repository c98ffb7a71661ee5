package io.millrace.grammar.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes formulas, equal ones once. Order is kept, for it says in which order keys are written. */
final class Formulas {
  /** What a joined formula is made of. */
  private record Key(String operator, List<Integer> parts) {}

  private final Map<Formula, Integer> ids = new IdentityHashMap<>();
  private final Map<Key, Formula> known = new HashMap<>();
  private final Map<JsonType, Formula> types = new HashMap<>();

  Formula ofType(JsonType type) {
    return types.computeIfAbsent(type, Formula.OfType::new);
  }

  Formula and(Collection<Formula> parts) {
    Map<Formula, Boolean> flat = new LinkedHashMap<>();
    for (Formula part : parts) {
      if (part == Formula.Constant.FALSE) {
        return part;
      }
      if (part instanceof Formula.And and) {
        and.parts.forEach(it -> flat.put(it, true));
      } else if (part != Formula.Constant.TRUE) {
        flat.put(part, true);
      }
    }
    return join("and", List.copyOf(flat.keySet()), Formula.Constant.TRUE, Formula.And::new);
  }

  Formula and(Formula one, Formula other) {
    return and(List.of(one, other));
  }

  Formula or(Collection<Formula> parts) {
    Map<Formula, Boolean> flat = new LinkedHashMap<>();
    for (Formula part : parts) {
      if (part == Formula.Constant.TRUE) {
        return part;
      }
      if (part instanceof Formula.Or or) {
        or.parts.forEach(it -> flat.put(it, true));
      } else if (part != Formula.Constant.FALSE) {
        flat.put(part, true);
      }
    }
    return join("or", List.copyOf(flat.keySet()), Formula.Constant.FALSE, Formula.Or::new);
  }

  Formula oneOf(List<Formula> parts) {
    return parts.isEmpty()
        ? Formula.Constant.FALSE
        : join("oneOf", parts, Formula.Constant.FALSE, Formula.OneOf::new);
  }

  Formula not(Formula part) {
    if (part instanceof Formula.Not not) {
      return not.inner;
    }
    if (part instanceof Formula.Constant) {
      return part == Formula.Constant.TRUE ? Formula.Constant.FALSE : Formula.Constant.TRUE;
    }
    return known.computeIfAbsent(new Key("not", List.of(id(part))), any -> new Formula.Not(part));
  }

  /** That a value of the atom's type is not so; values of other types satisfy it, too. */
  Formula opposite(Formula.Atom atom) {
    return or(List.of(not(ofType(atom.type)), not(atom)));
  }

  private Formula join(
      String operator,
      List<Formula> parts,
      Formula neutral,
      Function<List<Formula>, Formula> constructor) {
    if (parts.isEmpty()) {
      return neutral;
    }
    if (parts.size() == 1) {
      return parts.get(0);
    }
    List<Integer> numbers = new ArrayList<>(parts.size());
    parts.forEach(it -> numbers.add(id(it)));
    return known.computeIfAbsent(new Key(operator, numbers), any -> constructor.apply(parts));
  }

  private int id(Formula formula) {
    Integer id = ids.get(formula);
    if (id == null) {
      id = ids.size();
      ids.put(formula, id);
    }
    return id;
  }
}
