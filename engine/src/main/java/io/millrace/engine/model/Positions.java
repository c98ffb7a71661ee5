package io.millrace.engine.model;

/** The position encoding of a model. */
public sealed interface Positions {

  /**
   * The rotation of each pair of a head at each position, as complex numbers {@code [positions,
   * headDim / 2, 2]}: cosine, then sine of the angle; empty for none.
   *
   * @param headDim even
   */
  float[] turns(int positions, int headDim);

  /** The cost of a token of distance to each head's scores, {@code [heads]}; empty for none. */
  float[] slopes(int heads);

  /**
   * Rotary position embedding (arXiv:2104.09864): pairs half a head apart are rotated.
   *
   * @param theta base of the wavelengths
   */
  record Rotary(double theta, RopeScaling scaling) implements Positions {

    @Override
    public float[] turns(int positions, int headDim) {
      float[] turns = new float[Math.multiplyExact(positions, headDim)];
      for (int pair = 0; pair < headDim / 2; pair++) {
        // The reference holds frequencies and angles in float32, and long contexts notice.
        float frequency = (float) scaling.scale(1 / Math.pow(theta, 2.0 * pair / headDim));
        for (int position = 0; position < positions; position++) {
          float angle = position * frequency;
          int at = position * headDim + 2 * pair;
          turns[at] = (float) Math.cos(angle);
          turns[at + 1] = (float) Math.sin(angle);
        }
      }
      return turns;
    }

    @Override
    public float[] slopes(int heads) {
      return new float[0];
    }
  }

  /** Attention with linear biases (arXiv:2108.12409): far keys count less. */
  record Alibi() implements Positions {

    @Override
    public float[] turns(int positions, int headDim) {
      return new float[0];
    }

    @Override
    public float[] slopes(int heads) {
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
