package io.millrace.worker.model;

import io.millrace.worker.schedule.Sequence;
import io.millrace.worker.schedule.StepPlan;
import io.millrace.worker.schedule.StepPlan.Slice;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Lays a planned step out as a {@link Batch}. */
public final class BatchBuilder {
  private final int blockSize;

  public BatchBuilder(int blockSize) {
    this.blockSize = blockSize;
  }

  /** A step with the logits of sampled rows, or of all. */
  public Batch build(StepPlan plan, boolean allRows) {
    List<Slice> decodes = plan.slices().stream().filter(slice -> slice.count() == 1).toList();
    List<Slice> chunks = plan.slices().stream().filter(slice -> slice.count() > 1).toList();
    int rows = plan.numTokens();
    long[] tokens = new long[rows];
    long[] positions = new long[rows];
    long[] blocks = new long[rows];
    long[] offsets = new long[rows];
    int row = 0;
    for (Slice slice : plan.slices()) {
      for (int position = slice.from(); position < slice.end(); position++, row++) {
        tokens[row] = slice.sequence().token(position);
        positions[row] = position;
        blocks[row] = slice.sequence().blockOf(position, blockSize);
        offsets[row] = position % blockSize;
      }
    }
    Reading reading = reading(decodes);
    return new Batch(
        tokens,
        positions,
        blocks,
        offsets,
        reading.readers,
        reading.sums,
        reading.inPlace,
        reading.gathered,
        reading.scoreOrder,
        reading.blockOrder,
        chunkBounds(chunks),
        tables(chunks),
        allRows ? LongStream.range(0, rows).toArray() : sampledRows(plan));
  }

  /** The rows that are sampled, then those that tell of their prompts' next tokens. */
  private long[] sampledRows(StepPlan plan) {
    LongStream.Builder wanted = LongStream.builder();
    int row = 0;
    for (Slice slice : plan.slices()) {
      row += slice.count();
      if (slice.reachesEnd()) {
        wanted.add(row - 1);
      }
    }
    PromptTargets.of(plan).rows().forEach(wanted::add);
    return wanted.build().toArray();
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
    return (slice.end() + blockSize - 1) / blockSize;
  }

  private static final class Reading {
    private final long[] readers;
    private final long[] sums;
    private final int inPlace;
    private final long[] gathered;
    private final long[] scoreOrder;
    private final long[] blockOrder;

    private Reading(int total, int inPlace, int decodes, int longest) {
      this.inPlace = inPlace;
      readers = new long[total];
      sums = new long[total];
      Arrays.fill(sums, decodes);
      gathered = new long[total - inPlace];
      scoreOrder = new long[decodes * longest];
      blockOrder = new long[total];
    }

    private void read(int index, int row, int entry) {
      readers[index] = row;
      sums[index] = row;
      scoreOrder[entry] = index;
      blockOrder[index] = entry;
    }
  }

  /**
   * Decides which blocks are read where they lie: the cache's beginning, if most of it is in use;
   * otherwise reading the unused blocks between would cost more than copying the used ones. A block
   * that a second row reads is copied for it.
   */
  private Reading reading(List<Slice> decodes) {
    int longest = 0;
    int used = 0;
    int last = -1;
    for (Slice slice : decodes) {
      int count = blocksUpTo(slice);
      longest = Math.max(longest, count);
      used += count;
      for (int i = 0; i < count; i++) {
        last = Math.max(last, slice.sequence().block(i));
      }
    }
    int inPlace = used * 2 >= last + 1 ? last + 1 : 0;
    boolean[] taken = new boolean[inPlace];
    Reading reading =
        new Reading(inPlace + countGathered(decodes, taken), inPlace, decodes.size(), longest);
    Arrays.fill(taken, false);
    int next = 0;
    for (int row = 0; row < decodes.size(); row++) {
      Sequence sequence = decodes.get(row).sequence();
      for (int i = 0; i < blocksUpTo(decodes.get(row)); i++) {
        int block = sequence.block(i);
        int index = block;
        if (block >= inPlace || taken[block]) {
          index = inPlace + next;
          reading.gathered[next++] = block;
        } else {
          taken[block] = true;
        }
        reading.read(index, row, row * longest + i);
      }
    }
    return reading;
  }

  private int countGathered(List<Slice> decodes, boolean[] taken) {
    int gathered = 0;
    for (Slice slice : decodes) {
      for (int i = 0; i < blocksUpTo(slice); i++) {
        int block = slice.sequence().block(i);
        if (block >= taken.length || taken[block]) {
          gathered++;
        } else {
          taken[block] = true;
        }
      }
    }
    return gathered;
  }
}
