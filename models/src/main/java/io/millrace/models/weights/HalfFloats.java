package io.millrace.models.weights;

/** The conversions of floating point numbers of 16 bits: IEEE binary16, and bfloat16. */
public final class HalfFloats {
  private static final int SIGN = 0x8000;
  private static final int SPECIAL = 0x1f;
  private static final int FRACTION = 0x3ff;
  private static final int FRACTION_BITS = 10;
  private static final int DROPPED_BITS = 13;

  /** By which a float32's exponents are higher. */
  private static final int BIAS = 112;

  private static final int HALF = 0x7fff;

  private HalfFloats() {}

  /**
   * The number that a binary16 stands for: {@code Float.float16ToFloat}, which Java has from 20.
   */
  public static float float16ToFloat(short bits) {
    int sign = (bits & SIGN) << Short.SIZE;
    int exponent = bits >> FRACTION_BITS & SPECIAL;
    int fraction = bits & FRACTION;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == SPECIAL ? 0xff : exponent + BIAS;
    return Float.intBitsToFloat(
        sign | wide << FRACTION_BITS + DROPPED_BITS | fraction << DROPPED_BITS);
  }

  /** The number that the lower 16 bits stand for as a bfloat16. */
  public static float bfloat16ToFloat(int bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }

  /** The 16 bits of the nearest bfloat16; of two equally near ones the even one. */
  public static int floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (bits + HALF + (bits >>> Short.SIZE & 1)) >>> Short.SIZE;
  }
}
