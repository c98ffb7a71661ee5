package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.List;

/**
 * A KV cache that holds, for each token, a hash of all tokens up to it; so that whoever reads what
 * was computed for other tokens is found out.
 */
final class SimulatedCache {
  private final long[][] cells;
  private final int blockSize;

  SimulatedCache(int numBlocks, int blockSize) {
    this.cells = new long[numBlocks][blockSize];
    this.blockSize = blockSize;
  }

  /** Does what a model does: copies, and then reads and writes. */
  void run(StepPlan plan) {
    copy(plan.copies());
    plan.slices().forEach(this::compute);
  }

  /** All of them at once: every source is read before anything is written. */
  void copy(List<BlockCopy> copies) {
    long[][] sources =
        copies.stream().map(copy -> cells[copy.from()].clone()).toArray(long[][]::new);
    for (int i = 0; i < sources.length; i++) {
      cells[copies.get(i).to()] = sources[i];
    }
  }

  void compute(Slice slice) {
    Sequence sequence = slice.sequence();
    long hash = 0;
    for (int position = 0; position < slice.end(); position++) {
      hash =
          31 * hash
              + (position < slice.from() ? sequence.token(position) : slice.token(position))
              + 1;
      long[] block = cells[sequence.blockOf(position, blockSize)];
      if (position < slice.from()) {
        assertThat(block[position % blockSize])
            .as("%s reads token %d", sequence, position)
            .isEqualTo(hash);
      } else {
        block[position % blockSize] = hash;
      }
    }
  }
}
