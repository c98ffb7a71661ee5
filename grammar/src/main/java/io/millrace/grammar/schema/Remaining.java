package io.millrace.grammar.schema;

import java.util.BitSet;
import java.util.function.IntPredicate;

/** How many properties of some kind may still come in an object: asked at each of its places. */
final class Remaining {
  private final int[] orderedFrom;
  private final BitSet unordered = new BitSet();

  /**
   * The properties that are counted, of so many, of which the first come in order.
   *
   * @param counted whether the property of this index is of the kind
   */
  Remaining(int properties, int ordered, IntPredicate counted) {
    orderedFrom = new int[ordered + 1];
    for (int i = ordered - 1; i >= 0; i--) {
      orderedFrom[i] = orderedFrom[i + 1] + (counted.test(i) ? 1 : 0);
    }
    for (int i = ordered; i < properties; i++) {
      unordered.set(i, counted.test(i));
    }
  }

  /** Of those in order from {@code next} on, and of those without order that were not seen. */
  int count(int next, BitSet seen) {
    if (unordered.isEmpty()) {
      return orderedFrom[next];
    }
    BitSet unseen = (BitSet) unordered.clone();
    unseen.andNot(seen);
    return orderedFrom[next] + unseen.cardinality();
  }
}
