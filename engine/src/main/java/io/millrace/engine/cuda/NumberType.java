package io.millrace.engine.cuda;

import io.millrace.models.weights.HalfFloats;
import java.nio.ByteBuffer;

/** The type of numbers in a GPU's memory. The order is the one that kernels know. */
public enum NumberType {
  FLOAT32(Float.BYTES, "fp32"),
  BFLOAT16(Short.BYTES, "bf16"),
  FLOAT16(Short.BYTES, "fp16");

  /** Float32's exponent bias less float16's. */
  private static final int BIAS = 112;

  private static final int FRACTION_BITS = 10;
  private static final int DROPPED_BITS = 13;
  private static final int INFINITE = 0x7c00;

  /** The smallest float16 with all of its fraction's bits. */
  private static final float SMALLEST = 0x1p-14f;

  /** Steps of float16s below it. */
  private static final float STEPS = 0x1p24f;

  private final int bytes;
  private final String label;

  NumberType(int bytes, String label) {
    this.bytes = bytes;
    this.label = label;
  }

  /** Bytes of a number. */
  public int bytes() {
    return bytes;
  }

  /** Its name in settings. */
  public String label() {
    return label;
  }

  /**
   * Puts the nearest number of this type; of two equally near ones the even one.
   *
   * @param index of the number, as if the buffer were an array of them
   */
  public void put(ByteBuffer to, int index, float value) {
    int at = index * bytes;
    switch (this) {
      case FLOAT32 -> to.putFloat(at, value);
      case BFLOAT16 -> to.putShort(at, (short) HalfFloats.floatToBfloat16(value));
      case FLOAT16 -> to.putShort(at, (short) float16(value));
    }
  }

  /** As {@code Float.floatToFloat16}, which Java has from 20 on. */
  private static int float16(float value) {
    int sign = Float.floatToRawIntBits(value) >>> Short.SIZE & 0x8000;
    float size = Math.abs(value);
    if (Float.isNaN(size)) {
      return sign | 0x7fff;
    }
    if (size < SMALLEST) {
      return sign | (int) Math.rint(size * STEPS);
    }
    int bits = Float.floatToRawIntBits(size);
    int rounded = (bits + 0xfff + (bits >>> DROPPED_BITS & 1)) >>> DROPPED_BITS;
    return sign | Math.min(INFINITE, rounded - (BIAS << FRACTION_BITS));
  }
}
