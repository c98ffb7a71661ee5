package io.millrace.engine.decoder.gemm;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * The sums that one thread's multiplications write to native memory, in float32 or in whole
 * numbers, and a copy of them on Java's heap.
 */
final class Sums {
  private final Gemm gemm;
  private FloatBuffer numbers = FloatBuffer.allocate(0);
  private IntBuffer integers = IntBuffer.allocate(0);
  private float[] values = {};
  private int[] integerValues = {};
  private long address;

  Sums(Gemm gemm) {
    this.gemm = gemm;
  }

  /** Makes room for so many; the content is lost. */
  void reserve(int count) {
    if (count <= values.length) {
      return;
    }
    ByteBuffer memory = Activations.aligned((long) count * Float.BYTES);
    numbers = memory.asFloatBuffer();
    integers = memory.asIntBuffer();
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

  /** The same of sums in whole numbers; {@link #values} are left as they are. */
  int[] readIntegers(int count) {
    if (integerValues.length < count) {
      integerValues = new int[values.length];
    }
    integers.get(0, integerValues, 0, count);
    return integerValues;
  }
}
