package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Chunks cover all rows, and need no more room than they are given. */
final class RowChunksTest {
  private static final int MOST = 5000;

  @Test
  void size_coversAllRowsWithNoChunkTooMany() {
    for (int rows = 1; rows <= MOST; rows++) {
      int size = RowChunks.size(rows);
      assertThat(size).as("%d rows", rows).isBetween(1, RowChunks.MOST_ROWS);
      int fewest = (rows + RowChunks.MOST_ROWS - 1) / RowChunks.MOST_ROWS;
      assertThat(chunks(rows)).as("%d rows", rows).isEqualTo(fewest);
    }
  }

  @Test
  void size_isNothingForNoRows() {
    assertThat(RowChunks.size(0)).isZero();
  }

  /** A kernel is compiled for each. */
  @Test
  void size_isOneOfFew() {
    Set<Integer> sizes = new HashSet<>();
    for (int rows = 1; rows <= MOST; rows++) {
      sizes.add(RowChunks.size(rows));
    }
    assertThat(sizes).hasSizeLessThan(30);
  }

  /** Room that was made for many rows serves fewer ones, whose chunks may end further behind. */
  @Test
  void capacity_isEnoughForTheChunksOfFewerRows() {
    int needed = 0;
    for (int rows = 1; rows <= MOST; rows++) {
      needed = Math.max(needed, chunks(rows) * RowChunks.size(rows));
      assertThat(RowChunks.capacity(rows)).as("%d rows", rows).isGreaterThanOrEqualTo(needed);
    }
  }

  private static int chunks(int rows) {
    int size = RowChunks.size(rows);
    return (rows + size - 1) / size;
  }
}
