package io.millrace.worker.vector;

/** The upper half of a float32. */
final class Bfloat16 {
  private static final int HALF = 0x7fff;

  private Bfloat16() {}

  /** The nearest one's 16 bits; of two equally near ones the even one. */
  static int bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (bits + HALF + (bits >>> Short.SIZE & 1)) >>> Short.SIZE;
  }

  /** The nearest one. */
  static float round(float value) {
    return Float.intBitsToFloat(bits(value) << Short.SIZE);
  }
}
