package io.millrace.engine.decoder.gemm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * Activations as matrices are multiplied by them: rows of bfloat16 in native memory, in {@link
 * Pairs}.
 */
final class Activations {
  private static final int ALIGNMENT = 64;

  private final Gemm gemm;
  private final int width;
  private final int stride;
  private final Int8Activations int8;
  private int capacity;
  private IntBuffer words = IntBuffer.allocate(0);
  private long address;

  /** Rows that lie close together. */
  Activations(Gemm gemm, int width) {
    this(gemm, width, width);
  }

  /**
   * @param width numbers of a row; even
   * @param stride from one row to the next; even
   */
  Activations(Gemm gemm, int width, int stride) {
    this.gemm = gemm;
    this.width = width;
    this.stride = stride;
    this.int8 = new Int8Activations(gemm, width, stride);
  }

  /**
   * The stride for rows of a width, such that rows do not all fall on the same lines of the CPU's
   * cache.
   */
  static int spread(int width) {
    return width + ALIGNMENT / Short.BYTES;
  }

  /** The same rows in uint8, those that {@link #roundToInt8} was called for. */
  Int8Activations int8() {
    return int8;
  }

  /**
   * Rounds a row to uint8.
   *
   * @param line room for its pairs
   * @param numbers room for its numbers
   */
  void roundToInt8(int row, int[] line, float[] numbers) {
    get(row, 0, line, width / 2);
    Pairs.widen(line, 0, width, numbers, 0);
    int8.take(row, numbers, line);
  }

  int stride() {
    return stride;
  }

  /** Makes room for rows; the content is lost. */
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

  /** Reads pairs, from an even column on. */
  void get(int row, int column, int[] pairs, int count) {
    words.get((row * stride + column) / 2, pairs, 0, count);
  }

  static ByteBuffer aligned(long bytes) {
    return ByteBuffer.allocateDirect(
            Math.toIntExact((bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT) + ALIGNMENT)
        .alignedSlice(ALIGNMENT)
        .order(ByteOrder.nativeOrder());
  }
}
