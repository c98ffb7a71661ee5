package io.millrace.engine.speculation;

/**
 * The cost of proposed tokens, in tokens that the same time would give without them. A step lasts
 * as long as its groups of rows take: the decoders here fill up what is no whole one. A fixed
 * measure, rather than a clock, has equal requests computed alike; it is what CPUs need, and a GPU
 * needs less.
 */
final class RowCost {
  /** Rows that are computed at once. */
  private static final int GROUP = 4;

  /** What a step of many rows takes before it computes any, in steps of one row. */
  private static final double BEGIN = 1;

  /** What each group of rows takes besides. */
  private static final double EACH = 0.75;

  private RowCost() {}

  /**
   * Tokens that must be accepted of one sequence's proposal, so that nothing is lost.
   *
   * @param proposed number of tokens
   * @param sequences how many share the step, all of which wait for it
   */
  static double of(int proposed, int sequences) {
    return step(sequences * (1 + proposed)) / step(sequences) - 1;
  }

  /** How long a step lasts, in steps of one row. */
  private static double step(int rows) {
    return rows == 1 ? 1 : BEGIN + EACH * ((rows + GROUP - 1) / GROUP);
  }
}
