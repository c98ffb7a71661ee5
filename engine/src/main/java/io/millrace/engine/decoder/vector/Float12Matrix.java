package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;

import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * A matrix of weights in 12 bits, for one row of inputs, where nothing but reading weights takes
 * time: a bfloat16's sign, its mantissa, and how far its exponent is from that of its row's
 * largest, if that is less than 16 binary orders. What is smaller than that is taken as 2 to the
 * power of -15 of the largest, which is below what a sum of bfloat16 numbers tells apart.
 *
 * <p>Eight neighbours of a row take three words of 32 bits: two in the upper 24 bits of each, and
 * two more in their lowest bytes.
 */
final class Float12Matrix {
  static final int PARTS = 8;
  private static final int WORDS = 3;
  private static final int BITS = 12;
  private static final int TOP = Integer.SIZE - BITS;

  /** The distance of a field's exponent from its place in a float32. */
  private static final int DOWN = 4;

  /** Sign, exponent and mantissa of a field that was moved down. */
  private static final int FIELD = 0x87ff0000;

  /** The upper bits of an exponent: fields stand for 2 to the power of -15 to 0. */
  private static final int EXPONENT = 0x38000000;

  private static final int LOWEST_EXPONENT = 15;
  private static final int MANTISSA = 0x7f;
  private static final int MANTISSA_BITS = 7;

  /** A bfloat16 without its sign. */
  private static final int MAGNITUDE = 0x7fff;

  private static final int SIGN_BIT = 15;

  private static final IntVector ODD_COLUMNS = IntVector.zero(INTS).addIndex(1).and(1);

  private final int[] words;
  private final float[] scales;
  private final int blockLength;

  /**
   * @param in a multiple of 8
   */
  Float12Matrix(int numBlocks, int in) {
    this.blockLength = in / PARTS * WORDS * Lanes.COUNT;
    this.words = new int[Math.multiplyExact(numBlocks, blockLength)];
    this.scales = new float[numBlocks * Lanes.COUNT];
  }

  /** Packs a block's rows, each {@code in} long. */
  void pack(int block, int rows, float[] values) {
    int in = values.length / rows;
    int[] fields = new int[in];
    for (int row = 0; row < rows; row++) {
      int largest = largestExponent(values, row * in, in);
      // No field stands for 0, so a row that has nothing else needs its factor to be 0.
      scales[block * Lanes.COUNT + row] =
          largest == 0 ? 0 : (float) Math.scalb(1.0, largest - Float.MAX_EXPONENT);
      putFields(values, row * in, largest, fields);
      putWords(fields, block * blockLength + row);
    }
  }

  /** The exponent of a row's largest number, as a bfloat16 has it; 0 if all are 0 or nearly so. */
  private static int largestExponent(float[] values, int from, int count) {
    int whole = FLOATS.loopBound(count);
    IntVector largest = IntVector.zero(INTS);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      largest = largest.max(magnitudes(FloatVector.fromArray(FLOATS, values, from + i)));
    }
    if (whole < count) {
      VectorMask<Float> there = FLOATS.indexInRange(whole, count);
      FloatVector rest = FloatVector.fromArray(FLOATS, values, from + whole, there);
      largest = largest.max(magnitudes(rest));
    }
    return largest.reduceLanes(MAX) >>> MANTISSA_BITS;
  }

  private static IntVector magnitudes(FloatVector values) {
    return Bfloat16.low(values).and(MAGNITUDE);
  }

  /** Puts the fields of a row's numbers into an array. */
  private static void putFields(float[] values, int from, int largest, int[] into) {
    int whole = FLOATS.loopBound(into.length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      fields(FloatVector.fromArray(FLOATS, values, from + i), largest).intoArray(into, i);
    }
    if (whole < into.length) {
      VectorMask<Float> there = FLOATS.indexInRange(whole, into.length);
      FloatVector rest = FloatVector.fromArray(FLOATS, values, from + whole, there);
      fields(rest, largest).intoArray(into, whole, there.cast(INTS));
    }
  }

  /**
   * The fields of numbers. Zeros have one sign in even columns and the other in odd ones, so that
   * what stands for them cancels out.
   */
  private static IntVector fields(FloatVector values, int largest) {
    IntVector bits = Bfloat16.low(values);
    IntVector signs =
        bits.lanewise(LSHR, SIGN_BIT)
            .blend(ODD_COLUMNS, values.eq(0).cast(INTS))
            .lanewise(LSHL, BITS - 1);
    IntVector orders =
        bits.and(MAGNITUDE).lanewise(LSHR, MANTISSA_BITS).sub(largest - LOWEST_EXPONENT);
    return signs
        .or(orders.lanewise(LSHL, MANTISSA_BITS))
        .or(bits.and(MANTISSA))
        .blend(signs, orders.lt(0));
  }

  /** Puts a row's fields into its words, from {@code at} on. */
  private void putWords(int[] fields, int at) {
    for (int i = 0; i < fields.length; i += PARTS) {
      int sixth = fields[i + 6];
      int seventh = fields[i + 7];
      words[at] = pair(fields, i) | sixth >>> 4;
      words[at + Lanes.COUNT] = pair(fields, i + 2) | (sixth & 0xf) << 4 | seventh & 0xf;
      words[at + 2 * Lanes.COUNT] = pair(fields, i + 4) | seventh >>> 4;
      at += WORDS * Lanes.COUNT;
    }
  }

  /** The fields of two neighbours in the upper 24 bits. */
  private static int pair(int[] fields, int at) {
    return fields[at] << 20 | fields[at + 1] << 8;
  }

  /** Computes one block's outputs. */
  void multiply(int block, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    int at = xAt;
    int end = (block + 1) * blockLength;
    for (int k = block * blockLength; k < end; k += WORDS * Lanes.COUNT) {
      IntVector u = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + Lanes.COUNT);
      IntVector w = IntVector.fromArray(INTS, words, k + 2 * Lanes.COUNT);
      FloatVector f0 = u.lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      a = f0.fma(FloatVector.broadcast(FLOATS, x[at]), a);
      FloatVector f1 =
          u.lanewise(LSHL, BITS).lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      b = f1.fma(FloatVector.broadcast(FLOATS, x[at + 1]), b);
      FloatVector f2 = v.lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      a = f2.fma(FloatVector.broadcast(FLOATS, x[at + 2]), a);
      FloatVector f3 =
          v.lanewise(LSHL, BITS).lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      b = f3.fma(FloatVector.broadcast(FLOATS, x[at + 3]), b);
      FloatVector f4 = w.lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      a = f4.fma(FloatVector.broadcast(FLOATS, x[at + 4]), a);
      FloatVector f5 =
          w.lanewise(LSHL, BITS).lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      b = f5.fma(FloatVector.broadcast(FLOATS, x[at + 5]), b);
      IntVector last = v.and(0xf0).lanewise(LSHL, 16).or(u.lanewise(LSHL, 24));
      FloatVector f6 = last.lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      a = f6.fma(FloatVector.broadcast(FLOATS, x[at + 6]), a);
      IntVector least = v.and(0xf).lanewise(LSHL, 20).or(w.lanewise(LSHL, 24));
      FloatVector f7 = least.lanewise(ASHR, DOWN).and(FIELD).or(EXPONENT).reinterpretAsFloats();
      b = f7.fma(FloatVector.broadcast(FLOATS, x[at + 7]), b);
      at += PARTS;
    }
    FloatVector scale = FloatVector.fromArray(FLOATS, scales, block * Lanes.COUNT);
    a.add(b).mul(scale).intoArray(y, yAt);
  }
}
