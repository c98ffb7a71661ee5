package io.millrace.worker.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The upper half of a float32. */
public final class Bfloat16 {
  private static final int HALF = 0x7fff;

  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Lanes.FLOATS.vectorBitSize() / 2));

  private Bfloat16() {}

  /** The nearest one's 16 bits; of two equally near ones the even one. */
  public static int bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (bits + HALF + (bits >>> Short.SIZE & 1)) >>> Short.SIZE;
  }

  /** The nearest one. */
  public static float round(float value) {
    return Float.intBitsToFloat(bits(value) << Short.SIZE);
  }

  /** The nearest ones' bits. */
  public static IntVector bits(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, Short.SIZE).and(1);
    return bits.add(HALF).add(odd).lanewise(VectorOperators.LSHR, Short.SIZE);
  }

  /** Writes bits side by side. */
  public static void store(IntVector bits, short[] into, int at) {
    ((ShortVector) bits.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(into, at);
  }

  /** Rounds so many numbers. */
  public static void round(float[] from, int at, short[] into, int intoAt, int count) {
    int whole = count / Lanes.COUNT * Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      store(bits(FloatVector.fromArray(Lanes.FLOATS, from, at + i)), into, intoAt + i);
    }
    for (int i = whole; i < count; i++) {
      into[intoAt + i] = (short) bits(from[at + i]);
    }
  }
}
