package io.millrace.engine.model;

import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/** Lays a planned step out as a {@link Batch}. */
public final class BatchBuilder {
  private final int blockSize;
  private final int kvHeads;

  /**
   * @param blockSize tokens a block of the cache
   * @param kvHeads vectors that a token has in each layer's keys, and in its values
   */
  public BatchBuilder(int blockSize, int kvHeads) {
    this.blockSize = blockSize;
    this.kvHeads = kvHeads;
  }

  /** A step with the logits of sampled rows, or of all. */
  public Batch build(StepPlan plan, boolean allRows) {
    List<Slice> slices = new ArrayList<>(plan.slices());
    // Stable, so that whoever has more than one row, behind all others, stays where it is.
    slices.sort(Comparator.comparingInt(slice -> slice.count() > 1 ? 1 : -slice.end()));
    List<Slice> decodes = slices.stream().filter(slice -> slice.count() == 1).toList();
    List<Slice> chunks = slices.stream().filter(slice -> slice.count() > 1).toList();
    int rows = plan.numTokens();
    long[] tokens = new long[rows];
    long[] positions = new long[rows];
    long[] slots = new long[rows * kvHeads];
    int row = 0;
    for (Slice slice : slices) {
      for (int position = slice.from(); position < slice.end(); position++, row++) {
        tokens[row] = slice.sequence().token(position);
        positions[row] = position;
        setSlots(slots, row, slice, position);
      }
    }
    BlockReading reading = new BlockReading(decodes, blockSize);
    return new Batch(
        tokens,
        positions,
        slots,
        reading.groups(),
        reading.readers(),
        reading.sums(),
        reading.inPlace(),
        reading.gathered(),
        reading.scoreOrder(),
        reading.blockOrder(),
        chunkBounds(chunks),
        tables(chunks),
        wanted(plan, slices, allRows));
  }

  private void setSlots(long[] slots, int row, Slice slice, int position) {
    long block = slice.sequence().blockOf(position, blockSize);
    for (int head = 0; head < kvHeads; head++) {
      slots[row * kvHeads + head] = (block * kvHeads + head) * blockSize + position % blockSize;
    }
  }

  /**
   * The rows, in the plan's order, that are sampled, then those that tell of their prompts' next
   * tokens; or all.
   */
  private static long[] wanted(StepPlan plan, List<Slice> slices, boolean allRows) {
    long[] rowOf = new long[plan.numTokens()];
    Map<Slice, Integer> first = new IdentityHashMap<>();
    int row = 0;
    for (Slice slice : slices) {
      first.put(slice, row);
      row += slice.count();
    }
    LongStream.Builder sampled = LongStream.builder();
    row = 0;
    for (Slice slice : plan.slices()) {
      for (int i = 0; i < slice.count(); i++) {
        rowOf[row++] = Objects.requireNonNull(first.get(slice)) + i;
      }
      if (slice.reachesEnd()) {
        sampled.add(rowOf[row - 1]);
      }
    }
    if (allRows) {
      return rowOf;
    }
    PromptTargets.of(plan).rows().forEach(told -> sampled.add(rowOf[told]));
    return sampled.build().toArray();
  }

  private long[] chunkBounds(List<Slice> chunks) {
    LongStream.Builder bounds = LongStream.builder();
    int begin = 0;
    for (Slice slice : chunks) {
      int end = begin + blocksUpTo(slice);
      bounds.add(slice.count()).add(slice.end()).add(begin).add(end);
      begin = end;
    }
    return bounds.build().toArray();
  }

  private long[] tables(List<Slice> chunks) {
    return chunks.stream()
        .flatMapToLong(
            slice ->
                LongStream.range(0, blocksUpTo(slice)).map(i -> slice.sequence().block((int) i)))
        .toArray();
  }

  private int blocksUpTo(Slice slice) {
    return BlockReading.blocks(slice, blockSize);
  }
}
