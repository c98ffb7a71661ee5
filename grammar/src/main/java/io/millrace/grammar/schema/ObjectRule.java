package io.millrace.grammar.schema;

import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Fork;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.regex.Regex;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The rule of one shape of objects, behind its opening bracket. */
final class ObjectRule {
  /**
   * What matters of the members read so far.
   *
   * @param next the first property of those in order that may still come
   * @param seen which of those without order have come
   * @param members how many there are, as far as it matters
   */
  private record Progress(int next, BitSet seen, int members, Counts counts) {}

  private final ObjectShape shape;
  private final ValueNodes values;
  private final List<List<Counted>> propertyWays = new ArrayList<>();
  private final List<List<Counted>> otherWays = new ArrayList<>();
  private final int ordered;

  /** Whether members may come as they like, so that every place can be ended somehow. */
  private final boolean isFree;

  private final Remaining required;
  private final Remaining possible;
  private final Remaining stuck;
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
    ordered = shape.numOrdered();
    isFree = shape.max() == Tracker.UNBOUNDED && shape.min() == 0 && shape.trackers().isEmpty();
    required = remaining(this::isRequired);
    possible = remaining(it -> !propertyWays.get(it).isEmpty());
    stuck = remaining(it -> isRequired(it) && propertyWays.get(it).isEmpty());
  }

  private Remaining remaining(IntPredicate counted) {
    return new Remaining(shape.properties().size(), ordered, counted);
  }

  private boolean isRequired(int property) {
    return shape.properties().get(property).required();
  }

  /** The ways of a member that lead anywhere: those that count only where the tracker looks. */
  private List<Counted> ways(Formula value, Predicate<Tracker> concerned) {
    return Counted.ways(value, shape.trackers(), values.formulas()).stream()
        .filter(it -> concerns(it, concerned))
        .filter(it -> values.of(it.value()).isProductive())
        .toList();
  }

  private boolean concerns(Counted way, Predicate<Tracker> concerned) {
    for (int i = 0; i < way.counts().length; i++) {
      if (way.counts()[i] && !concerned.test(shape.trackers().get(i))) {
        return false;
      }
    }
    return true;
  }

  /** The place behind the opening bracket. */
  Place start() {
    return place(new Progress(0, new BitSet(), 0, Counts.none(shape.trackers())), opened, false);
  }

  private boolean isPossible(Progress at) {
    int missing = Math.max(required.count(at.next, at.seen), at.counts.missing(shape.trackers()));
    boolean enough =
        otherWays.stream().anyMatch(it -> !it.isEmpty())
            || at.members + possible.count(at.next, at.seen) >= shape.min();
    return enough
        && stuck.count(at.next, at.seen) == 0
        && shape.min() <= shape.max()
        && (shape.max() == Tracker.UNBOUNDED || at.members + missing <= shape.max());
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
      return ObjectRule.this.isPossible(progress);
    }

    private IntStream unseen() {
      return IntStream.range(ordered, shape.properties().size())
          .filter(it -> !progress.seen.get(it));
    }

    private boolean canClose() {
      return required.count(progress.next, progress.seen) == 0
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
      if (!members.isEmpty()) {
        Edge key = Edge.read(values.lexemes().keyStart(), new Fork(members));
        edges.add(comma ? Edge.read(values.lexemes().comma(), new Fork(List.of(key))) : key);
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
      while (i < ordered && !required) {
        named(i, i + 1, progress.seen, edges);
        required = isRequired(i++);
      }
      if (!required) {
        unseen().forEach(it -> named(it, ordered, with(it), edges));
        for (int k = 0; k < shape.others().size(); k++) {
          member(shape.others().get(k).inside(), otherWays.get(k), ordered, progress.seen, edges);
        }
      }
      return edges;
    }

    private BitSet with(int property) {
      BitSet seen = (BitSet) progress.seen.clone();
      seen.set(property);
      return seen;
    }

    private void named(int property, int next, BitSet seen, List<Edge> edges) {
      Regex key = values.key(shape.properties().get(property).name());
      member(key, propertyWays.get(property), next, seen, edges);
    }

    private void member(Regex key, List<Counted> ways, int next, BitSet seen, List<Edge> edges) {
      if (ways.isEmpty()) {
        return;
      }
      Regex lexeme = values.lexemes().key(key);
      for (Counted way : ways) {
        // A place is made when it is entered: of a thousand names one is written.
        if (isFree || ObjectRule.this.isPossible(after(next, seen, way))) {
          Supplier<Place> after = () -> place(after(next, seen, way), separated, true);
          edges.add(Edge.read(lexeme, new Member(way, after)));
        }
      }
    }

    private Progress after(int next, BitSet seen, Counted way) {
      boolean counted = shape.max() != Tracker.UNBOUNDED || progress.members < shape.min();
      int members = counted ? progress.members + 1 : progress.members;
      Counts counts = progress.counts.plus(way.counts(), shape.trackers());
      return new Progress(next, seen, members, counts);
    }

    @Override
    public boolean isEnd() {
      return false;
    }
  }

  /** The place before a member's value. */
  private final class Member extends Node {
    private final Counted way;
    private final Supplier<Place> after;

    Member(Counted way, Supplier<Place> after) {
      this.way = way;
      this.after = after;
    }

    @Override
    protected List<Edge> expand() {
      return List.of(Edge.call(values.of(way.value()), after.get()));
    }

    @Override
    public boolean isEnd() {
      return false;
    }
  }
}
