package io.millrace.grammar.schema;

import io.millrace.grammar.regex.Regex;
import java.util.List;
import java.util.Set;

/**
 * Objects that satisfy conditions all of which are so at once: named members in an order, then any
 * number of others.
 *
 * @param properties the named members in their order, then those that have none
 * @param numOrdered how many of these have an order
 * @param unnamed the other members, by disjoint sets of keys
 * @param min the fewest members
 * @param max the most members, {@link Tracker#UNBOUNDED} without a limit
 * @param trackers what else is counted
 */
record ObjectShape(
    List<Property> properties,
    int numOrdered,
    Lazy<List<Other>> unnamed,
    int min,
    int max,
    List<Tracker> trackers) {

  /** The other members, by disjoint sets of keys. */
  List<Other> others() {
    return unnamed.get();
  }

  /**
   * A named member.
   *
   * @param name its key
   * @param value what it must be
   * @param required whether it must be there
   */
  record Property(String name, Formula value, boolean required) {}

  /**
   * Members whose keys are not named.
   *
   * @param inside what stands between the quotes of the key
   * @param matched of all patterns of the shape, those that the keys match
   * @param value what they must be
   */
  record Other(Regex inside, Set<Regex> matched, Formula value) {}
}
