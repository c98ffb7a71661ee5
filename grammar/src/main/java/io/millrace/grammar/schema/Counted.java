package io.millrace.grammar.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * One way in which a member or an item can count: which trackers it counts for, and what it must be
 * for that.
 *
 * @param value what it must be
 * @param counts by tracker, whether it counts
 */
record Counted(Formula value, boolean[] counts) {
  /** All ways for a member that must satisfy {@code base}. */
  static List<Counted> ways(Formula base, List<Tracker> trackers, Formulas formulas) {
    List<Counted> ways = List.of(new Counted(base, new boolean[trackers.size()]));
    for (int i = 0; i < trackers.size(); i++) {
      Tracker tracker = trackers.get(i);
      List<Counted> split = new ArrayList<>();
      for (Counted way : ways) {
        boolean[] counts = way.counts.clone();
        counts[i] = true;
        split.add(new Counted(formulas.and(way.value, tracker.value()), counts));
        Formula otherwise =
            tracker.most() == Tracker.UNBOUNDED
                ? way.value
                : formulas.and(way.value, formulas.not(tracker.value()));
        split.add(new Counted(otherwise, way.counts));
      }
      ways = split;
    }
    return ways;
  }
}
