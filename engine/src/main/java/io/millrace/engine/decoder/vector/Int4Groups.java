package io.millrace.engine.decoder.vector;

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
      int begin = from + group * GROUP;
      float least = weights[begin];
      float most = least;
      for (int i = begin + 1; i < begin + GROUP; i++) {
        least = Math.min(least, weights[i]);
        most = Math.max(most, weights[i]);
      }
      widths[group] = (most - least) / HIGHEST;
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
    for (int i = 0; i < length; i++) {
      int group = i / GROUP;
      int level = groups.level(group, weights[from + i]);
      weights[from + i] =
          groups.scales[group] * groups.scaleFactor * (level - MIDDLE)
              + groups.offsets[group] * groups.offsetFactor;
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

  /** The level, 0 to 15, that is nearest to a weight. */
  int level(int group, float weight) {
    float scale = scales[group] * scaleFactor;
    float distance = weight - offsets[group] * offsetFactor;
    int level = scale == 0 ? MIDDLE : Math.round(distance / scale) + MIDDLE;
    return Math.max(0, Math.min(HIGHEST, level));
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
      rounded[i] = Math.round(numbers[i] / factor);
    }
    return rounded;
  }
}
