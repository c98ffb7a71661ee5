package io.millrace.engine.decoder.torch;

import io.millrace.engine.decoder.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The order in which rows of sequences that compute a single token read the cache's blocks; the
 * arrays are those of {@link Batch}.
 *
 * <p>A stretch of the cache is read where it lies if most of it is in use; otherwise reading the
 * unused blocks between would cost more than copying the used ones. A block that a second row
 * reads, because both share a prefix, is copied for it.
 */
final class BlockReading {
  private static final long[] NONE = {};

  private final List<Span> spans;
  private final int from;
  private final int to;
  private final long[] gathered;
  private final long[] groups;
  private final long[] scoreOrder;
  private final long[] readers;
  private final long[] sums;
  private final long[] blockOrder;

  /**
   * @param spans of one token each, longest sequence first
   */
  BlockReading(List<Span> spans) {
    this.spans = spans;
    long[] used =
        spans.stream()
            .flatMapToInt(span -> IntStream.of(span.table()))
            .asLongStream()
            .sorted()
            .toArray();
    int first = used.length == 0 ? 0 : (int) used[0];
    int end = used.length == 0 ? 0 : (int) used[used.length - 1] + 1;
    boolean dense = used.length * 2 >= end - first;
    this.from = dense ? first : 0;
    this.to = dense ? end : 0;
    this.groups = findGroups();
    int inPlace = to - from;
    int total = inPlace + used.length - (dense ? (int) Arrays.stream(used).distinct().count() : 0);
    this.gathered = new long[total - inPlace];
    this.readers = new long[total];
    this.sums = new long[total];
    this.blockOrder = new long[total];
    Arrays.fill(sums, spans.size());
    this.scoreOrder = new long[entries()];
    read(inPlace);
  }

  long[] groups() {
    return groups;
  }

  private long[] findGroups() {
    // Scores are padded to the longest of a group: at most to twice a sequence's length.
    List<Long> found = new ArrayList<>();
    int begin = 0;
    for (int row = 0; row <= spans.size(); row++) {
      if (row == spans.size() || blocks(row) * 2 <= blocks(begin)) {
        if (row > begin) {
          found.add((long) row - begin);
          found.add((long) blocks(begin));
        }
        begin = row;
      }
    }
    return found.stream().mapToLong(Long::longValue).toArray();
  }

  long[] inPlace() {
    return new long[] {from, to};
  }

  long[] gathered() {
    return gathered;
  }

  long[] readers() {
    return isInOrder() ? NONE : readers;
  }

  long[] sums() {
    return isInOrder() ? NONE : sums;
  }

  long[] scoreOrder() {
    return isInOrder() ? NONE : scoreOrder;
  }

  long[] blockOrder() {
    return isInOrder() ? NONE : blockOrder;
  }

  /** Whether the blocks lie as the rows want them, so that nothing need be sorted. */
  private boolean isInOrder() {
    return groups.length == 2
        && scoreOrder.length == blockOrder.length
        && LongStream.range(0, scoreOrder.length).allMatch(i -> scoreOrder[(int) i] == i);
  }

  private int entries() {
    int entries = 0;
    for (int group = 0; group < groups.length; group += 2) {
      entries += (int) (groups[group] * groups[group + 1]);
    }
    return entries;
  }

  private void read(int inPlace) {
    boolean[] taken = new boolean[inPlace];
    int copied = 0;
    int row = 0;
    int entry = 0;
    for (int group = 0; group < groups.length; group += 2) {
      for (int end = row + (int) groups[group]; row < end; row++) {
        int[] table = spans.get(row).table();
        for (int i = 0; i < table.length; i++) {
          int block = table[i];
          int index = block - from;
          if (index >= inPlace || taken[index]) {
            gathered[copied] = block;
            index = inPlace + copied++;
          } else {
            taken[index] = true;
          }
          read(index, row, entry + i);
        }
        entry += (int) groups[group + 1];
      }
    }
  }

  private void read(int index, int row, int entry) {
    readers[index] = row;
    sums[index] = row;
    scoreOrder[entry] = index;
    blockOrder[index] = entry;
  }

  private int blocks(int row) {
    return spans.get(row).table().length;
  }
}
