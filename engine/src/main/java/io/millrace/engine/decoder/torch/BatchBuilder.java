package io.millrace.engine.decoder.torch;

import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The builder of a {@link Batch} from a step. */
final class BatchBuilder {
  private final int blockSize;
  private final int kvHeads;

  /**
   * @param blockSize tokens a block of the cache
   * @param kvHeads vectors that a token has in each layer's keys, and in its values
   */
  BatchBuilder(int blockSize, int kvHeads) {
    this.blockSize = blockSize;
    this.kvHeads = kvHeads;
  }

  /** A span of a step, and its first row there. */
  private record Placed(Span span, int row) {}

  Batch build(StepInput step) {
    List<Placed> placed = placed(step);
    List<Span> spans = placed.stream().map(Placed::span).toList();
    List<Span> decodes = spans.stream().filter(span -> span.count() == 1).toList();
    List<Span> chunks = spans.stream().filter(span -> span.count() > 1).toList();
    int rows = step.numRows();
    long[] tokens = new long[rows];
    long[] positions = new long[rows];
    long[] slots = new long[rows * kvHeads];
    long[] rowOf = new long[rows];
    int row = 0;
    for (Placed each : placed) {
      for (int i = 0; i < each.span.count(); i++, row++) {
        tokens[row] = step.tokens()[each.row + i];
        positions[row] = each.span.from() + i;
        rowOf[each.row + i] = row;
        setSlots(slots, row, each.span, each.span.from() + i);
      }
    }
    BlockReading reading = new BlockReading(decodes);
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
        Arrays.stream(step.wanted()).mapToLong(wanted -> rowOf[wanted]).toArray());
  }

  /**
   * The spans in the batch's order: decode rows, longest sequence first, then all others as they
   * come.
   */
  private static List<Placed> placed(StepInput step) {
    List<Placed> placed = new ArrayList<>();
    int row = 0;
    for (Span span : step.spans()) {
      placed.add(new Placed(span, row));
      row += span.count();
    }
    // Stable, so that spans of more than one row stay where they are, behind all others.
    placed.sort(Comparator.comparingInt(each -> each.span.count() > 1 ? 1 : -each.span.end()));
    return placed;
  }

  private void setSlots(long[] slots, int row, Span span, int position) {
    long block = span.table()[position / blockSize];
    for (int head = 0; head < kvHeads; head++) {
      slots[row * kvHeads + head] = (block * kvHeads + head) * blockSize + position % blockSize;
    }
  }

  private static long[] chunkBounds(List<Span> chunks) {
    LongStream.Builder bounds = LongStream.builder();
    int begin = 0;
    for (Span span : chunks) {
      int end = begin + span.table().length;
      bounds.add(span.count()).add(span.end()).add(begin).add(end);
      begin = end;
    }
    return bounds.build().toArray();
  }

  private static long[] tables(List<Span> chunks) {
    return chunks.stream().map(Span::table).flatMapToInt(IntStream::of).asLongStream().toArray();
  }
}
