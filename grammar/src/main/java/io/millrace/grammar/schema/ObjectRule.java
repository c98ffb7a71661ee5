package io.millrace.grammar.schema;

import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.regex.Regex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The rule of one shape of objects, behind its opening bracket. */
final class ObjectRule {
  /**
   * What matters of the members read so far.
   *
   * @param next the first property that may still come
   * @param members how many there are, as far as it matters
   */
  private record Progress(int next, int members, Counts counts) {}

  private final ObjectShape shape;
  private final ValueNodes values;
  private final List<List<Counted>> propertyWays = new ArrayList<>();
  private final List<List<Counted>> otherWays = new ArrayList<>();
  private final int[] requiredFrom;
  private final int[] possibleFrom;
  private final Map<Progress, Place> opened = new ConcurrentHashMap<>();
  private final Map<Progress, Place> separated = new ConcurrentHashMap<>();

  ObjectRule(ObjectShape shape, ValueNodes values) {
    this.shape = shape;
    this.values = values;
    for (ObjectShape.Property property : shape.properties()) {
      propertyWays.add(
          ways(
              property.value(),
              tracker -> tracker.keys() != null && tracker.keys().has(property.name())));
    }
    for (ObjectShape.Other other : shape.others()) {
      otherWays.add(
          ways(
              other.value(),
              tracker -> tracker.keys() != null && tracker.keys().hasUnnamed(other.matched())));
    }
    int count = shape.properties().size();
    requiredFrom = new int[count + 1];
    possibleFrom = new int[count + 1];
    for (int i = count - 1; i >= 0; i--) {
      requiredFrom[i] = requiredFrom[i + 1] + (shape.properties().get(i).required() ? 1 : 0);
      possibleFrom[i] = possibleFrom[i + 1] + (propertyWays.get(i).isEmpty() ? 0 : 1);
    }
  }

  /** The ways of a member that lead anywhere: those that count only where the tracker looks. */
  private List<Counted> ways(Formula value, java.util.function.Predicate<Tracker> concerned) {
    return Counted.ways(value, shape.trackers(), values.formulas()).stream()
        .filter(it -> concerns(it, concerned))
        .filter(it -> values.of(it.value()).isProductive())
        .toList();
  }

  private boolean concerns(Counted way, java.util.function.Predicate<Tracker> concerned) {
    for (int i = 0; i < way.counts().length; i++) {
      if (way.counts()[i] && !concerned.test(shape.trackers().get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The place behind the opening bracket. */
  Place start() {
    return place(new Progress(0, 0, Counts.none(shape.trackers())), opened, false);
  }

  private Place place(Progress progress, Map<Progress, Place> places, boolean comma) {
    return places.computeIfAbsent(progress, it -> new Place(it, comma));
  }

  /** A place between members. */
  final class Place extends Node {
    private final Progress progress;
    private final boolean comma;

    Place(Progress progress, boolean comma) {
      this.progress = progress;
      this.comma = comma;
    }

    /** Whether the object can be ended from here in any way. */
    boolean isPossible() {
      int missing =
          Math.max(requiredFrom[progress.next], progress.counts.missing(shape.trackers()));
      boolean required = true;
      for (int i = progress.next; i < shape.properties().size(); i++) {
        required &= !shape.properties().get(i).required() || !propertyWays.get(i).isEmpty();
      }
      boolean enough =
          otherWays.stream().anyMatch(it -> !it.isEmpty())
              || progress.members + possibleFrom[progress.next] >= shape.min();
      return required
          && enough
          && shape.min() <= shape.max()
          && (shape.max() == Tracker.UNBOUNDED || progress.members + missing <= shape.max());
    }

    private boolean canClose() {
      return requiredFrom[progress.next] == 0
          && progress.members >= shape.min()
          && progress.counts.missing(shape.trackers()) == 0;
    }

    @Override
    protected List<Edge> expand() {
      List<Edge> edges = new ArrayList<>();
      if (canClose()) {
        edges.add(Edge.read(values.lexemes().bracket("}"), END));
      }
      List<Edge> members = members();
      if (comma && !members.isEmpty()) {
        edges.add(Edge.read(values.lexemes().comma(), new Fork(members)));
      } else {
        edges.addAll(members);
      }
      return edges;
    }

    private List<Edge> members() {
      List<Edge> edges = new ArrayList<>();
      if (progress.members == shape.max()) {
        return edges;
      }
      int i = progress.next;
      boolean required = false;
      while (i < shape.properties().size() && !required) {
        Regex key = values.key(shape.properties().get(i).name());
        member(key, propertyWays.get(i), i + 1, edges);
        required = shape.properties().get(i++).required();
      }
      for (int k = 0; k < shape.others().size() && !required; k++) {
        member(shape.others().get(k).inside(), otherWays.get(k), shape.properties().size(), edges);
      }
      return edges;
    }

    private void member(Regex key, List<Counted> ways, int next, List<Edge> edges) {
      Regex lexeme = values.lexemes().key(key);
      for (Counted way : ways) {
        Place after = after(next, way);
        if (after.isPossible()) {
          edges.add(Edge.read(lexeme, new Fork(List.of(Edge.call(values.of(way.value()), after)))));
        }
      }
    }

    private Place after(int next, Counted way) {
      boolean counted = shape.max() != Tracker.UNBOUNDED || progress.members < shape.min();
      int members = counted ? progress.members + 1 : progress.members;
      Counts counts = progress.counts.plus(way.counts(), shape.trackers());
      return place(new Progress(next, members, counts), separated, true);
    }

    @Override
    public boolean isEnd() {
      return false;
    }
  }
}
