package io.millrace.grammar.schema;

import java.util.List;

/**
 * Arrays that satisfy conditions all of which are so at once.
 *
 * @param prefix what the first items must be
 * @param rest what all later items must be
 * @param min the fewest items
 * @param max the most items, {@link Tracker#UNBOUNDED} without a limit
 * @param trackers what else is counted
 */
record ArrayShape(List<Formula> prefix, Formula rest, int min, int max, List<Tracker> trackers) {
  /** What the item at an index must be. */
  Formula item(int index) {
    return index < prefix.size() ? prefix.get(index) : rest;
  }
}
