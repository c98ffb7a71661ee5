package io.millrace.engine.decoder.gemm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/** Rows of bfloat16 in native memory, in {@link Pairs}: what matrices are multiplied by. */
final class Activations {
  private static final int ALIGNMENT = 64;

  private final Gemm gemm;
  private final int stride;
  private int capacity;
  private IntBuffer words = IntBuffer.allocate(0);
  private long address;

  /**
   * @param stride from one row to the next; even
   */
  Activations(Gemm gemm, int stride) {
    this.gemm = gemm;
    this.stride = stride;
  }

  /**
   * A stride for rows so wide that a matrix's rows do not all fall on the same lines of a cache.
   */
  static int spread(int width) {
    return width + ALIGNMENT / Short.BYTES;
  }

  int stride() {
    return stride;
  }

  /** Makes room; what was there is lost. */
  void reserve(int rows) {
    if (rows <= capacity) {
      return;
    }
    ByteBuffer memory = aligned((long) rows * stride * Short.BYTES);
    words = memory.asIntBuffer();
    address = gemm.address(memory);
    capacity = rows;
  }

  long address(int row) {
    return address + (long) row * stride * Short.BYTES;
  }

  /** Writes numbers in pairs, from an even column on. */
  void put(int row, int column, int[] pairs, int count) {
    words.put((row * stride + column) / 2, pairs, 0, count);
  }

  static ByteBuffer aligned(long bytes) {
    return ByteBuffer.allocateDirect(
            Math.toIntExact((bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT) + ALIGNMENT)
        .alignedSlice(ALIGNMENT)
        .order(ByteOrder.nativeOrder());
  }
}
