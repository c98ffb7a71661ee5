package io.millrace.worker.model;

/** How the model tells positions apart. */
sealed interface Positions {

  /**
   * Rotary position embedding (arXiv:2104.09864): pairs half a head apart are rotated.
   *
   * @param theta base of the wavelengths
   */
  record Rotary(double theta, RopeScaling scaling) implements Positions {

    /**
     * Cosines of all angles, {@code [positions, headDim]}, both halves alike.
     *
     * @param headDim even
     */
    float[] cosines(int positions, int headDim) {
      return table(positions, headDim, (angle, half) -> Math.cos(angle));
    }

    /**
     * Sines, {@code [positions, headDim]}, negated in the first half: so the rotation of x is
     * {@code x * cos + roll(x, headDim / 2) * sin}.
     */
    float[] sines(int positions, int headDim) {
      return table(
          positions, headDim, (angle, half) -> half == 0 ? -Math.sin(angle) : Math.sin(angle));
    }

    private float[] table(int positions, int headDim, Entry entry) {
      float[] table = new float[Math.multiplyExact(positions, headDim)];
      int half = headDim / 2;
      for (int pair = 0; pair < half; pair++) {
        // The reference holds frequencies and angles in float32, and long contexts notice.
        float frequency = (float) scaling.scale(1 / Math.pow(theta, 2.0 * pair / headDim));
        for (int position = 0; position < positions; position++) {
          float angle = position * frequency;
          table[position * headDim + pair] = (float) entry.of(angle, 0);
          table[position * headDim + pair + half] = (float) entry.of(angle, 1);
        }
      }
      return table;
    }

    private interface Entry {
      double of(double angle, int half);
    }
  }

  /** Attention with linear biases (arXiv:2108.12409): far keys count less. */
  record Alibi() implements Positions {

    /** How much less, per token of distance, for each head. */
    static float[] slopes(int heads) {
      float[] slopes = new float[heads];
      int power = Integer.highestOneBit(heads);
      for (int i = 0; i < heads; i++) {
        // Heads beyond the power of two take every other slope of the next one.
        slopes[i] = i < power ? slope(power, i + 1) : slope(2 * power, 2 * (i - power) + 1);
      }
      return slopes;
    }

    private static float slope(int heads, int exponent) {
      return (float) Math.pow(2, -8.0 * exponent / heads);
    }
  }
}
