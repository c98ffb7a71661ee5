package io.millrace.grammar.schema;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A count that is kept while an object or an array is read: how many members or items are so.
 *
 * @param value what is counted
 * @param least how many there must be
 * @param most how many there may be
 * @param index which items may count; all of an object's
 * @param keys which members may count; not used for arrays
 */
record Tracker(Formula value, int least, int most, IntPredicate index, @Nullable Keys keys) {
  static final int UNBOUNDED = Integer.MAX_VALUE;
}
