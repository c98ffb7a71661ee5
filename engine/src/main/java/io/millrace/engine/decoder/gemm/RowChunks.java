package io.millrace.engine.decoder.gemm;

/**
 * How many rows are multiplied at once. There are few such numbers, because a kernel is compiled
 * for each.
 */
final class RowChunks {
  static final int MOST_ROWS = 160;

  private static final int STEP = 8;

  private RowChunks() {}

  /** Rows of each chunk; the last one's may be more than there are. */
  static int size(int rows) {
    int chunks = (rows + MOST_ROWS - 1) / MOST_ROWS;
    int even = chunks == 0 ? 0 : (rows + chunks - 1) / chunks;
    return even <= STEP ? even : (even + STEP - 1) / STEP * STEP;
  }

  /** Rows that all chunks of so many rows, or of fewer, have at most. */
  static int capacity(int rows) {
    return rows + (rows / MOST_ROWS + 1) * STEP;
  }
}
