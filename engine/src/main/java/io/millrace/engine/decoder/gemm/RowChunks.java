package io.millrace.engine.decoder.gemm;

/**
 * The chunks of rows that are multiplied at once. Few sizes are used, because a kernel is compiled
 * for each.
 */
final class RowChunks {
  static final int MOST_ROWS = 160;

  private static final int STEP = 8;

  private RowChunks() {}

  /**
   * A chunk of rows.
   *
   * @param first of them
   * @param size how many are multiplied
   * @param count how many of these there are
   */
  record Chunk(int first, int size, int count) {}

  /** Rows of each chunk; the last one may reach beyond the rows that there are. */
  static int size(int rows) {
    int chunks = (rows + MOST_ROWS - 1) / MOST_ROWS;
    int even = chunks == 0 ? 0 : (rows + chunks - 1) / chunks;
    return even <= STEP ? even : (even + STEP - 1) / STEP * STEP;
  }

  /** Most rows of all chunks together, for {@code rows} rows or fewer. */
  static int capacity(int rows) {
    return rows + (rows / MOST_ROWS + 1) * STEP;
  }
}
