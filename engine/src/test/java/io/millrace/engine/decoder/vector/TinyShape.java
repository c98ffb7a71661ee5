package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.DecoderShape;
import java.util.Random;

/** Shapes of small decoders, and what goes into them. */
public final class TinyShape {
  private static final int POSITIONS = 200;
  private static final float[] NONE = {};

  private TinyShape() {}

  /**
   * A shape.
   *
   * @param window 0 for none
   * @param turning whether positions are told by turns, or by slopes
   */
  public static DecoderShape of(
      int hidden,
      int intermediate,
      int heads,
      int kvHeads,
      int headDim,
      int window,
      boolean turning) {
    return new DecoderShape(
        hidden,
        heads,
        kvHeads,
        headDim,
        intermediate,
        window,
        (float) Math.sqrt(hidden * 1e-5),
        (float) Math.sqrt(headDim * 1e-5),
        turning ? turns(headDim) : NONE,
        turning ? NONE : slopes(heads));
  }

  /** Random tokens. */
  public static float[][] embedded(Random random, int tokens, int hidden) {
    float[][] embedded = new float[tokens][hidden];
    for (float[] token : embedded) {
      for (int i = 0; i < hidden; i++) {
        token[i] = (float) random.nextGaussian();
      }
    }
    return embedded;
  }

  /** The first of each row's largest logits. */
  public static int[] likeliest(float[] logits, int vocab) {
    int[] likeliest = new int[logits.length / vocab];
    for (int i = 0; i < logits.length; i++) {
      int row = i / vocab;
      if (logits[i] > logits[row * vocab + likeliest[row]]) {
        likeliest[row] = i % vocab;
      }
    }
    return likeliest;
  }

  private static float[] turns(int headDim) {
    float[] turns = new float[POSITIONS * headDim];
    for (int i = 0; i < turns.length; i += 2) {
      double angle = i / headDim * Math.pow(100, -(double) (i % headDim) / headDim);
      turns[i] = (float) Math.cos(angle);
      turns[i + 1] = (float) Math.sin(angle);
    }
    return turns;
  }

  private static float[] slopes(int heads) {
    float[] slopes = new float[heads];
    for (int i = 0; i < heads; i++) {
      slopes[i] = (float) Math.pow(4, -(i + 1));
    }
    return slopes;
  }
}
