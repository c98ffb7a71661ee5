package io.millrace.grammar.schema;

import java.util.Arrays;
import java.util.List;

/** How far the trackers of a shape have counted. */
record Counts(List<Integer> values) {
  static Counts none(List<Tracker> trackers) {
    return new Counts(trackers.stream().map(it -> 0).toList());
  }

  /** After one more member; counts do not go past what matters. */
  Counts plus(boolean[] counted, List<Tracker> trackers) {
    Integer[] next = values.toArray(Integer[]::new);
    for (int i = 0; i < next.length; i++) {
      Tracker tracker = trackers.get(i);
      int enough = tracker.most() == Tracker.UNBOUNDED ? tracker.least() : tracker.most() + 1;
      next[i] = Math.min(enough, next[i] + (counted[i] ? 1 : 0));
    }
    return new Counts(Arrays.asList(next));
  }

  /** Whether no count is past its limit. */
  boolean isAllowed(List<Tracker> trackers) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) > trackers.get(i).most()) {
        return false;
      }
    }
    return true;
  }

  /** How many members must still come, at least. */
  int missing(List<Tracker> trackers) {
    int missing = 0;
    for (int i = 0; i < values.size(); i++) {
      missing = Math.max(missing, trackers.get(i).least() - values.get(i));
    }
    return missing;
  }
}
