package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.LongStream;

/** The rows of a strided view, such as a transposed matrix, gathered into order. */
final class StridedRows extends CopiedRows {
  /** A window's size; a multiple of every element's, so that none lies across two windows. */
  private static final int WINDOW_BITS = 30;

  private static final int WINDOW_MASK = (1 << WINDOW_BITS) - 1;

  private final MappedFile file;
  private final ZipDirectory.Extent storage;
  private final int elementBytes;
  private final long offset;
  private final long[] shape;
  private final long[] strides;
  private final long linesPerRow;

  /**
   * @param shape of one dimension or more
   * @param offset of the first number, in elements from the storage's start, as strides are
   */
  StridedRows(
      MappedFile file,
      ZipDirectory.Extent storage,
      int elementBytes,
      long offset,
      long[] shape,
      long[] strides) {
    this.file = file;
    this.storage = storage;
    this.elementBytes = elementBytes;
    this.offset = offset;
    // A vector becomes a column, so that there is always a row and a line within it.
    int dimensions = Math.max(2, shape.length);
    this.shape = Arrays.copyOf(shape, dimensions);
    this.strides = Arrays.copyOf(strides, dimensions);
    if (shape.length == 1) {
      this.shape[1] = 1;
    }
    this.linesPerRow = Arrays.stream(this.shape, 1, dimensions - 1).reduce(1, (a, b) -> a * b);
  }

  @Override
  long rowBytes() {
    return linesPerRow * shape[shape.length - 1] * elementBytes;
  }

  @Override
  void copy(long first, long count, ByteBuffer out) {
    long lines = count * linesPerRow;
    ByteBuffer[] windows = windows();
    LongStream.range(0, lines)
        .parallel()
        .forEach(line -> copyLine(windows, first * linesPerRow + line, out, line));
  }

  private ByteBuffer[] windows() {
    long window = 1L << WINDOW_BITS;
    ByteBuffer[] windows = new ByteBuffer[(int) ((storage.length() + window - 1) >> WINDOW_BITS)];
    for (int i = 0; i < windows.length; i++) {
      long from = i * window;
      windows[i] = file.map(storage.offset() + from, Math.min(window, storage.length() - from));
    }
    return windows;
  }

  /** A line is a run along the last dimension, counted over all others. */
  private void copyLine(ByteBuffer[] windows, long line, ByteBuffer out, long outLine) {
    int last = shape.length - 1;
    long from = offset;
    long rest = line;
    for (int i = last - 1; i >= 0; i--) {
      from += rest % shape[i] * strides[i];
      rest /= shape[i];
    }
    for (long i = 0; i < shape[last]; i++) {
      long in = (from + i * strides[last]) * elementBytes;
      ByteBuffer window = windows[(int) (in >> WINDOW_BITS)];
      copy(window, (int) (in & WINDOW_MASK), out, (int) (outLine * shape[last] + i) * elementBytes);
    }
  }

  private void copy(ByteBuffer in, int from, ByteBuffer out, int to) {
    switch (elementBytes) {
      case 1 -> out.put(to, in.get(from));
      case 2 -> out.putShort(to, in.getShort(from));
      case 4 -> out.putInt(to, in.getInt(from));
      default -> out.putLong(to, in.getLong(from));
    }
  }
}
