package io.millrace.engine.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vector arithmetic, on as many numbers at once as this CPU has lanes for. */
public final class Lanes {
  public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  public static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  /** Lanes of 32 bits. */
  public static final int COUNT = FLOATS.length();

  /**
   * The number whose addition leaves the rounded integer, and 127 for an exponent's bias, in the
   * last bits.
   */
  private static final float ROUNDER = 0x1.8p23f + 127;

  private static final float LOG2_E = 1.44269504f;

  /** ln 2 as a sum whose first part has few bits, so that whole multiples of it are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float LOWEST = -87.3f;
  private static final float HIGHEST = 88.3f;

  private Lanes() {}

  /** The next multiple of {@link #COUNT}. */
  public static int padded(int length) {
    return (length + COUNT - 1) / COUNT * COUNT;
  }

  public static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  /**
   * e to the power of each lane, to some 2 units in the last place (Cephes' expf); from -87.3 to
   * 88.3, and what these give outside.
   */
  public static FloatVector exp(FloatVector x) {
    FloatVector in = x.max(LOWEST).min(HIGHEST);
    FloatVector rounded = in.fma(broadcast(LOG2_E), broadcast(ROUNDER));
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), in);
    r = n.fma(broadcast(-LN2_LOW), r);
    FloatVector p = broadcast(1.9875691500e-4f);
    p = p.fma(r, broadcast(1.3981999507e-3f));
    p = p.fma(r, broadcast(8.3334519073e-3f));
    p = p.fma(r, broadcast(4.1665795894e-2f));
    p = p.fma(r, broadcast(1.6666665459e-1f));
    p = p.fma(r, broadcast(5.0000001201e-1f));
    p = p.mul(r).fma(r, r.add(1));
    IntVector power = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return p.mul(power.reinterpretAsFloats());
  }

  /** silu(gate) * up (SwiGLU, arXiv:2002.05202). */
  public static FloatVector gated(FloatVector gate, FloatVector up) {
    return gate.mul(up).div(exp(gate.neg()).add(1));
  }

  /** a[aAt + i] * b[bAt + i], added up over a multiple of {@link #COUNT}. */
  public static float dot(float[] a, int aAt, float[] b, int bAt, int length) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < length; i += COUNT) {
      sum =
          FloatVector.fromArray(FLOATS, a, aAt + i)
              .fma(FloatVector.fromArray(FLOATS, b, bAt + i), sum);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  /** The root of the sum of the squares of numbers and of a floor. */
  public static float norm(float[] of, int at, int width, float floor) {
    int whole = width / COUNT * COUNT;
    float squares = floor * floor + dot(of, at, of, at, whole);
    for (int i = at + whole; i < at + width; i++) {
      squares += of[i] * of[i];
    }
    return (float) Math.sqrt(squares);
  }

  /** The largest of a positive multiple of {@link #COUNT} numbers. */
  public static float largest(float[] of, int at, int count) {
    FloatVector largest = FloatVector.fromArray(FLOATS, of, at);
    for (int i = at + COUNT; i < at + count; i += COUNT) {
      largest = largest.max(FloatVector.fromArray(FLOATS, of, i));
    }
    return largest.reduceLanes(VectorOperators.MAX);
  }

  /**
   * Replaces numbers by e to the power of what they are above {@code top}, and returns the sum.
   *
   * @param count a multiple of {@link #COUNT}
   */
  public static float exponentiate(float[] numbers, int at, int count, float top) {
    FloatVector total = FloatVector.zero(FLOATS);
    for (int i = at; i < at + count; i += COUNT) {
      FloatVector power = exp(FloatVector.fromArray(FLOATS, numbers, i).sub(top));
      power.intoArray(numbers, i);
      total = total.add(power);
    }
    return total.reduceLanes(VectorOperators.ADD);
  }

  /** Multiplies {@code count} numbers by a factor. */
  public static void scale(float[] numbers, int at, float factor, int count) {
    int whole = count / COUNT * COUNT;
    for (int i = at; i < at + whole; i += COUNT) {
      FloatVector.fromArray(FLOATS, numbers, i).mul(factor).intoArray(numbers, i);
    }
    for (int i = at + whole; i < at + count; i++) {
      numbers[i] *= factor;
    }
  }

  /** Adds {@code count} numbers to others. */
  public static void add(float[] from, int at, float[] into, int intoAt, int count) {
    int whole = count / COUNT * COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, into, intoAt + i);
      sum.add(FloatVector.fromArray(FLOATS, from, at + i)).intoArray(into, intoAt + i);
    }
    for (int i = whole; i < count; i++) {
      into[intoAt + i] += from[at + i];
    }
  }
}
