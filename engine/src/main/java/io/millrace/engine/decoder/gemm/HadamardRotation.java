package io.millrace.engine.decoder.gemm;

import static io.millrace.engine.simd.Lanes.FLOATS;

import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * An orthogonal rotation of rows of numbers, which spreads a few large ones over all others, so
 * that 8 bits are enough for each. Rows of weights and rows of inputs are rotated alike, and their
 * products stay what they are ("QuaRot: Outlier-Free 4-Bit Inference in Rotated LLMs", Ashkboos et
 * al. 2024). It is made of small ones, one after the other: Hadamard's of two numbers, which are
 * neighbours, two apart, and so on, as often as the length can be halved, and reflections of three.
 */
final class HadamardRotation {
  private static final int TWO = 2;
  private static final int THREE = 3;

  private static final int FOUR = 4;
  private static final int EIGHT = 8;

  private static final boolean MORE_THAN_EIGHT = Lanes.COUNT > EIGHT;
  private static final int LANE_HALVINGS = MORE_THAN_EIGHT ? 4 : 3;

  // Not in arrays, from which the compiler would not take them as the constants that they are.
  private static final FloatVector SIGNS_1 = signs(1);
  private static final FloatVector SIGNS_2 = signs(TWO);
  private static final FloatVector SIGNS_4 = signs(FOUR);
  private static final FloatVector SIGNS_8 = signs(EIGHT);
  private static final VectorShuffle<Float> OTHERS_1 = others(1);
  private static final VectorShuffle<Float> OTHERS_2 = others(TWO);
  private static final VectorShuffle<Float> OTHERS_4 = others(FOUR);
  private static final VectorShuffle<Float> OTHERS_8 = others(EIGHT);

  private final int length;
  private final int halvings;

  /** Keeps a product of so many rotations of two, each by the root of 2 too long, at its length. */
  private final float scale;

  /**
   * @param length of a row, whole vectors of 8 lanes and more
   */
  HadamardRotation(int length) {
    this.length = length;
    this.halvings = Integer.numberOfTrailingZeros(length / Lanes.COUNT);
    this.scale = (float) Math.sqrt(1.0 / (1L << (LANE_HALVINGS + halvings)));
  }

  /** Rotates the row that begins at an index. */
  void apply(float[] numbers, int at) {
    rotateLanes(numbers, at);
    int gap = Lanes.COUNT;
    for (int i = 0; i < halvings; i++) {
      rotatePairs(numbers, at, gap);
      gap *= TWO;
    }
    for (; length / gap % THREE == 0; gap *= THREE) {
      reflectTriples(numbers, at, gap);
    }
  }

  private void rotateLanes(float[] numbers, int at) {
    for (int i = at; i < at + length; i += Lanes.COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, numbers, i).mul(scale);
      v = v.fma(SIGNS_1, v.rearrange(OTHERS_1));
      v = v.fma(SIGNS_2, v.rearrange(OTHERS_2));
      v = v.fma(SIGNS_4, v.rearrange(OTHERS_4));
      if (MORE_THAN_EIGHT) {
        v = v.fma(SIGNS_8, v.rearrange(OTHERS_8));
      }
      v.intoArray(numbers, i);
    }
  }

  /** 1 for the first of two lanes that are so far apart, -1 for the second. */
  private static FloatVector signs(int gap) {
    float[] signs = new float[Lanes.COUNT];
    for (int lane = 0; lane < signs.length; lane++) {
      signs[lane] = (lane & gap) == 0 ? 1 : -1;
    }
    return FloatVector.fromArray(FLOATS, signs, 0);
  }

  private static VectorShuffle<Float> others(int gap) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ gap) % Lanes.COUNT);
  }

  private void rotatePairs(float[] numbers, int at, int gap) {
    for (int first = at; first < at + length; first += TWO * gap) {
      for (int i = first; i < first + gap; i += Lanes.COUNT) {
        FloatVector a = FloatVector.fromArray(FLOATS, numbers, i);
        FloatVector b = FloatVector.fromArray(FLOATS, numbers, i + gap);
        a.add(b).intoArray(numbers, i);
        a.sub(b).intoArray(numbers, i + gap);
      }
    }
  }

  /** Reflects each three numbers at the plane whose normal has equal parts of them. */
  private void reflectTriples(float[] numbers, int at, int gap) {
    for (int first = at; first < at + length; first += THREE * gap) {
      for (int i = first; i < first + gap; i += Lanes.COUNT) {
        FloatVector a = FloatVector.fromArray(FLOATS, numbers, i);
        FloatVector b = FloatVector.fromArray(FLOATS, numbers, i + gap);
        FloatVector c = FloatVector.fromArray(FLOATS, numbers, i + 2 * gap);
        FloatVector twice = a.add(b).add(c).mul(2f / THREE);
        a.sub(twice).intoArray(numbers, i);
        b.sub(twice).intoArray(numbers, i + gap);
        c.sub(twice).intoArray(numbers, i + 2 * gap);
      }
    }
  }
}
