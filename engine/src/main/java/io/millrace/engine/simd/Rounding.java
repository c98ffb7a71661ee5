package io.millrace.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Rounding to the nearest integer, to the even one of two equally near, by an addition that leaves
 * it in a float32's last bits. {@link Math#round(float)} takes several times as long.
 */
public final class Rounding {
  private static final float ROUNDER = 0x1.8p23f;
  private static final int BITS = Float.floatToRawIntBits(ROUNDER);

  private Rounding() {}

  /**
   * The integer nearest to a number.
   *
   * @param value of a magnitude of less than 2 to the power of 22
   */
  public static int round(float value) {
    return Float.floatToRawIntBits(value + ROUNDER) - BITS;
  }

  /** The integers nearest to such numbers. */
  public static IntVector round(FloatVector values) {
    return values.add(ROUNDER).reinterpretAsInts().sub(BITS);
  }
}
