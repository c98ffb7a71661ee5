package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.Rounding;
import jdk.incubator.vector.FloatVector;

/**
 * The rounding of a row of weights to 4 bits: what a group's levels stand for, and which one each
 * weight has. The lowest and the highest level are a group's smallest and largest weight.
 */
public final class Int4Groups {
  /** Weights whose levels have scale and offset in common. */
  static final int GROUP = 32;

  /** The level of a group's offset. */
  static final int MIDDLE = 8;

  private static final int HIGHEST = 15;
  private static final int MOST_SCALE = 255;
  private static final int MOST_OFFSET = 127;

  private final int[] scales;
  private final int[] offsets;
  private final float scaleFactor;
  private final float offsetFactor;

  /**
   * @param weights the row's are {@code length} of them, from {@code from} on
   * @param length whole groups
   */
  Int4Groups(float[] weights, int from, int length) {
    float[] widths = new float[length / GROUP];
    float[] middles = new float[length / GROUP];
    for (int group = 0; group < widths.length; group++) {
      FloatVector low = FloatVector.fromArray(FLOATS, weights, from + group * GROUP);
      FloatVector high = low;
      for (int i = Lanes.COUNT; i < GROUP; i += Lanes.COUNT) {
        FloatVector next = FloatVector.fromArray(FLOATS, weights, from + group * GROUP + i);
        low = next.min(low);
        high = next.max(high);
      }
      float least = low.reduceLanes(MIN);
      widths[group] = (high.reduceLanes(MAX) - least) / HIGHEST;
      middles[group] = least + MIDDLE * widths[group];
    }
    this.scaleFactor = factor(widths, MOST_SCALE);
    this.offsetFactor = factor(middles, MOST_OFFSET);
    this.scales = rounded(widths, scaleFactor);
    this.offsets = rounded(middles, offsetFactor);
  }

  /** Rounds a row's weights to what is kept of them. */
  public static void round(float[] weights, int from, int length) {
    Int4Groups groups = new Int4Groups(weights, from, length);
    int[] levels = new int[GROUP];
    for (int group = 0; group < length / GROUP; group++) {
      int begin = from + group * GROUP;
      groups.levels(group, weights, begin, levels);
      float scale = groups.scales[group] * groups.scaleFactor;
      float offset = groups.offsets[group] * groups.offsetFactor;
      for (int i = 0; i < GROUP; i++) {
        weights[begin + i] = scale * (levels[i] - MIDDLE) + offset;
      }
    }
  }

  /** A group's scale, 0 to 255, in {@link #scaleFactor}s. */
  int scale(int group) {
    return scales[group];
  }

  /** A group's offset, -127 to 127, in {@link #offsetFactor}s. */
  int offset(int group) {
    return offsets[group];
  }

  float scaleFactor() {
    return scaleFactor;
  }

  float offsetFactor() {
    return offsetFactor;
  }

  /**
   * Finds the levels, 0 to 15, that are nearest to a group's weights.
   *
   * @param from index of the first of them
   * @param into room for one of each weight
   */
  void levels(int group, float[] weights, int from, int[] into) {
    float scale = scales[group] * scaleFactor;
    float steps = scale == 0 ? 0 : 1 / scale;
    float offset = offsets[group] * offsetFactor;
    for (int i = 0; i < GROUP; i += Lanes.COUNT) {
      FloatVector weight = FloatVector.fromArray(FLOATS, weights, from + i);
      Rounding.round(weight.sub(offset).mul(steps).add(MIDDLE).max(0).min(HIGHEST))
          .intoArray(into, i);
    }
  }

  /** The factor by which numbers are at most {@code steps}, positive or negative. */
  private static float factor(float[] numbers, int steps) {
    float largest = 0;
    for (float number : numbers) {
      largest = Math.max(largest, Math.abs(number));
    }
    return Math.max(largest / steps, Float.MIN_NORMAL);
  }

  private static int[] rounded(float[] numbers, float factor) {
    int[] rounded = new int[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      rounded[i] = Rounding.round(numbers[i] / factor);
    }
    return rounded;
  }
}
