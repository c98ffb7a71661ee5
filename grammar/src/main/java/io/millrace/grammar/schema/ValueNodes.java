package io.millrace.grammar.schema;

import io.millrace.grammar.json.JsonLexemes;
import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.regex.Regex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The rules of all values that are reached from one formula, all of them known before any is used.
 */
final class ValueNodes {
  private final Values values;
  private final Formulas formulas;
  private final JsonLexemes lexemes;
  private final Map<Formula, ValueNode> nodes = new IdentityHashMap<>();
  private final Deque<Formula> unread = new ArrayDeque<>();

  ValueNodes(Values values, Formulas formulas, JsonLexemes lexemes) {
    this.values = values;
    this.formulas = formulas;
    this.lexemes = lexemes;
  }

  /** The rule of a formula, once everything that it reaches is known. */
  ValueNode root(Formula formula) {
    unread.add(formula);
    List<ValueNode> order = new ArrayList<>();
    while (!unread.isEmpty()) {
      Formula next = unread.remove();
      if (!nodes.containsKey(next)) {
        Values.Forms forms = values.of(next);
        ValueNode node = new ValueNode(forms, this);
        nodes.put(next, node);
        order.add(node);
        forms.objects().forEach(this::reach);
        forms.arrays().forEach(this::reach);
      }
    }
    settle(order);
    ValueNode root = nodes.get(formula);
    if (root == null) {
      throw new IllegalStateException("the root was not read");
    }
    return root;
  }

  /** The rule of a formula that was reached, or of a reached one together with what is counted. */
  ValueNode of(Formula formula) {
    ValueNode node = nodes.get(formula);
    if (node == null) {
      throw new IllegalStateException("a formula was not reached while the schema was compiled");
    }
    return node;
  }

  JsonLexemes lexemes() {
    return lexemes;
  }

  /** What stands between the quotes of a key. */
  Regex key(String name) {
    return lexemes.pool().literal(JsonStringEncoding.bytes(name));
  }

  private static void settle(Collection<ValueNode> order) {
    List<ValueNode> reversed = new ArrayList<>(order);
    Collections.reverse(reversed);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (ValueNode node : reversed) {
        changed |= node.update();
      }
    }
  }

  private void reach(ObjectShape shape) {
    Stream<Formula> members =
        Stream.concat(
            shape.properties().stream().map(ObjectShape.Property::value),
            shape.others().stream().map(ObjectShape.Other::value));
    reach(members.toList(), shape.trackers());
  }

  private void reach(ArrayShape shape) {
    List<Formula> items = new ArrayList<>(shape.prefix());
    items.add(shape.rest());
    reach(items, shape.trackers());
  }

  private void reach(List<Formula> members, List<Tracker> trackers) {
    for (Formula member : members) {
      Counted.ways(member, trackers, formulas).forEach(it -> unread.add(it.value()));
    }
  }

  Formulas formulas() {
    return formulas;
  }
}
