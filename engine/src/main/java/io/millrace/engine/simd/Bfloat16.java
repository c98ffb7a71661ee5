package io.millrace.engine.simd;

import io.millrace.models.weights.HalfFloats;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The bfloat16 format, the upper half of a float32. */
public final class Bfloat16 {
  private static final int HALF = 0x7fff;

  private static final int UPPER = 0xffff0000;

  private Bfloat16() {}

  /** The 16 bits of the nearest bfloat16; of two equally near ones the even one. */
  public static int bits(float value) {
    return HalfFloats.floatToBfloat16(value);
  }

  /** The number that the lower 16 bits stand for. */
  public static float of(int bits) {
    return HalfFloats.bfloat16ToFloat(bits);
  }

  /** The nearest bfloat16, as a float32. */
  public static float round(float value) {
    return of(bits(value));
  }

  /** The nearest bfloat16's bits in the lower half of each lane; the upper half is 0. */
  public static IntVector low(FloatVector values) {
    return rounded(values).lanewise(VectorOperators.LSHR, Short.SIZE);
  }

  /**
   * The nearest bfloat16's bits in the upper half of each lane, which makes it a float32; the lower
   * half is 0.
   */
  public static IntVector high(FloatVector values) {
    return rounded(values).and(UPPER);
  }

  /** The numbers that the lanes' lower halves stand for. */
  public static FloatVector ofLow(IntVector words) {
    return words.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
  }

  /** The numbers that the lanes' upper halves stand for. */
  public static FloatVector ofHigh(IntVector words) {
    return words.and(UPPER).reinterpretAsFloats();
  }

  private static IntVector rounded(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, Short.SIZE).and(1);
    return bits.add(HALF).add(odd);
  }
}
