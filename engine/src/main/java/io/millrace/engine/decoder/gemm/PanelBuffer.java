package io.millrace.engine.decoder.gemm;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/** The memory of one thread for products of some rows and a panel. */
final class PanelBuffer {
  private final Gemm gemm;
  private final Sums sums;
  private IntBuffer ints = IntBuffer.allocate(0);
  private int[] values = {};
  private long intsAddress;

  PanelBuffer(Gemm gemm) {
    this.gemm = gemm;
    this.sums = new Sums(gemm);
    sums.reserve(RowChunks.MOST_ROWS * PanelMatrix.MOST_WIDTH);
  }

  /** Sums of any chunk and panel. */
  Sums sums() {
    return sums;
  }

  /** Makes room for products of integers; the content is lost. */
  void reserveInts(int count) {
    if (values.length < count) {
      ByteBuffer memory = Activations.aligned((long) count * Integer.BYTES);
      ints = memory.asIntBuffer();
      intsAddress = gemm.address(memory);
      values = new int[count];
    }
  }

  /** Copies the first {@code count} products of integers to the heap, and returns the copy. */
  int[] readInts(int count) {
    ints.get(0, values, 0, count);
    return values;
  }

  long intsAddress() {
    return intsAddress;
  }
}
