package io.millrace.grammar.schema;

import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Fork;
import io.millrace.grammar.pushdown.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The rule of one shape of arrays, behind its opening bracket. */
final class ArrayRule {
  /**
   * What matters of the items read so far.
   *
   * @param items how many there are, as far as it matters
   */
  private record Progress(int items, Counts counts) {}

  private final ArrayShape shape;
  private final ValueNodes values;
  private final int max;
  private final int enough;
  private final Map<Progress, Place> opened = new ConcurrentHashMap<>();
  private final Map<Progress, Place> separated = new ConcurrentHashMap<>();

  ArrayRule(ArrayShape shape, ValueNodes values) {
    this.shape = shape;
    this.values = values;
    this.max = max();
    int counted = Math.max(shape.min(), shape.prefix().size());
    this.enough = max == Tracker.UNBOUNDED ? counted : Math.max(counted, max);
  }

  /** An array ends before an item that cannot be. */
  private int max() {
    for (int i = 0; i <= shape.prefix().size() && i < shape.max(); i++) {
      if (ways(i).isEmpty()) {
        return i;
      }
    }
    return shape.max();
  }

  private List<Counted> ways(int index) {
    return Counted.ways(shape.item(index), shape.trackers(), values.formulas()).stream()
        .filter(it -> concerns(it, index))
        .filter(it -> values.of(it.value()).isProductive())
        .toList();
  }

  private boolean concerns(Counted way, int index) {
    for (int i = 0; i < way.counts().length; i++) {
      if (way.counts()[i] && !shape.trackers().get(i).index().test(index)) {
        return false;
      }
    }
    return true;
  }

  /** The place behind the opening bracket. */
  Place start() {
    return place(new Progress(0, Counts.none(shape.trackers())), opened, false);
  }

  private Place place(Progress progress, Map<Progress, Place> places, boolean comma) {
    return places.computeIfAbsent(progress, it -> new Place(it, comma));
  }

  /** A place between items. */
  final class Place extends Node {
    private final Progress progress;
    private final boolean comma;

    Place(Progress progress, boolean comma) {
      this.progress = progress;
      this.comma = comma;
    }

    /** Whether the array can be ended from here in any way. */
    boolean isPossible() {
      int missing = progress.counts.missing(shape.trackers());
      return progress.counts.isAllowed(shape.trackers())
          && shape.min() <= max
          && (max == Tracker.UNBOUNDED || progress.items + missing <= max)
          && (missing == 0 || !ways(progress.items).isEmpty());
    }

    private boolean canClose() {
      return progress.items >= shape.min() && progress.counts.missing(shape.trackers()) == 0;
    }

    @Override
    protected List<Edge> expand() {
      List<Edge> edges = new ArrayList<>();
      if (canClose()) {
        edges.add(Edge.read(values.lexemes().bracket("]"), END));
      }
      List<Edge> items = progress.items == max ? List.of() : items();
      if (comma && !items.isEmpty()) {
        edges.add(Edge.read(values.lexemes().comma(), new Fork(items)));
      } else {
        edges.addAll(items);
      }
      return edges;
    }

    private List<Edge> items() {
      List<Edge> edges = new ArrayList<>();
      int items =
          max == Tracker.UNBOUNDED ? Math.min(enough, progress.items + 1) : progress.items + 1;
      for (Counted way : ways(progress.items)) {
        Counts counts = progress.counts.plus(way.counts(), shape.trackers());
        Place after = place(new Progress(items, counts), separated, true);
        if (after.isPossible()) {
          edges.add(Edge.call(values.of(way.value()), after));
        }
      }
      return edges;
    }

    @Override
    public boolean isEnd() {
      return false;
    }
  }
}
