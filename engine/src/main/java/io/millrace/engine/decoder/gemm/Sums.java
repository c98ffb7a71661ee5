package io.millrace.engine.decoder.gemm;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The sums that one thread's multiplications write to native memory, and a copy of them on Java's
 * heap.
 */
final class Sums {
  private final Gemm gemm;
  private FloatBuffer numbers = FloatBuffer.allocate(0);
  private float[] values = {};
  private long address;

  Sums(Gemm gemm) {
    this.gemm = gemm;
  }

  void reserve(int count) {
    if (count <= values.length) {
      return;
    }
    ByteBuffer memory = Activations.aligned((long) count * Float.BYTES);
    numbers = memory.asFloatBuffer();
    address = gemm.address(memory);
    values = new float[count];
  }

  long address() {
    return address;
  }

  /** The copy, for what is computed on the heap. */
  float[] values() {
    return values;
  }

  /** Copies the first {@code count} sums to the heap, and returns the copy. */
  float[] read(int count) {
    numbers.get(0, values, 0, count);
    return values;
  }
}
