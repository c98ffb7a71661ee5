package io.millrace.engine.decoder;

import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The computation of a step part by part, in order: what a row attends to is in the cache when its
 * part is computed. The logits are Java's.
 */
public final class StepParts {
  private StepParts() {}

  /**
   * Computes a step.
   *
   * @param maxRows of a part
   * @param logitsOf computes a part and gives [wanted x vocab] its logits, if any are wanted
   */
  public static StepOutput compute(
      StepInput step, int maxRows, Function<StepInput, float[]> logitsOf, LogitsSampler sampler) {
    int[] places = new int[step.numRows()];
    for (int i = 0; i < step.wanted().length; i++) {
      places[step.wanted()[i]] = i + 1;
    }
    float[][] logits = new float[step.wanted().length][];
    for (int begin = 0; begin < step.numRows(); begin += maxRows) {
      StepInput rows = step.rows(begin, Math.min(begin + maxRows, step.numRows()));
      compute(rows, begin, places, logitsOf, logits);
    }
    return new HeapOutput(logits.length, () -> joined(logits), () -> argmax(logits), sampler);
  }

  /**
   * Computes a part of a step.
   *
   * @param places for each row of the step, one more than its place among the wanted ones; 0 for
   *     none
   */
  private static void compute(
      StepInput rows,
      int begin,
      int[] places,
      Function<StepInput, float[]> logitsOf,
      float[][] logits) {
    int[] wanted =
        IntStream.range(0, rows.numRows()).filter(row -> places[begin + row] > 0).toArray();
    float[] all = logitsOf.apply(new StepInput(rows.spans(), rows.tokens(), wanted));
    for (int i = 0; i < wanted.length; i++) {
      int vocab = all.length / wanted.length;
      float[] row = new float[vocab];
      System.arraycopy(all, i * vocab, row, 0, vocab);
      logits[places[begin + wanted[i]] - 1] = row;
    }
  }

  private static int[] argmax(float[][] logits) {
    Argmax argmax = new Argmax(1, logits.length);
    for (int row = 0; row < logits.length; row++) {
      argmax.offer(0, row, logits[row], 0, logits[row].length, 0);
    }
    return argmax.tokens();
  }

  /** [wanted x vocab] rows one behind the other. */
  private static float[] joined(float[][] logits) {
    int vocab = logits.length == 0 ? 0 : logits[0].length;
    float[] all = new float[logits.length * vocab];
    for (int row = 0; row < logits.length; row++) {
      System.arraycopy(logits[row], 0, all, row * vocab, vocab);
    }
    return all;
  }
}
