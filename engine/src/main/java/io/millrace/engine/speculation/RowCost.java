package io.millrace.engine.speculation;

/**
 * The cost of proposed tokens, in tokens that the same time would give without them. A step of n
 * rows is taken to last 1 + {@link #ROW} (n - 1) steps of one row, which is what CPUs need at least
 * with the decoders here; a GPU needs less. A fixed measure, rather than a clock, has equal
 * requests computed alike.
 */
final class RowCost {
  /** A further row's part of a step of one row. */
  private static final double ROW = 0.15;

  /** What a step of one row loses by going to the decoder of many. */
  private static final double FIRST = 0.3;

  private RowCost() {}

  /**
   * Tokens that must be accepted of one sequence's proposal, so that nothing is lost.
   *
   * @param proposed number of tokens
   * @param sequences how many share the step, all of which wait for it
   */
  static double of(int proposed, int sequences) {
    double step = 1 + ROW * (sequences - 1);
    return (FIRST + sequences * ROW * proposed) / step;
  }
}
