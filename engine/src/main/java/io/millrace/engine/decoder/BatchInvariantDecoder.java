package io.millrace.engine.decoder;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The decoder of any step whose results for a token are the same to the bit whatever else is in the
 * step: prompts and answers go through one kernel, a few rows at a time. Where a prompt was cut, or
 * how many share a batch, cannot be seen in any answer.
 */
public final class BatchInvariantDecoder implements Decoder {
  private final String label;
  private final int maxRows;
  private final ForwardPass<?, LayerCache> pass;
  private final JavaDecoder.Parts parts;

  /**
   * @param maxRows computed at a time
   * @param pass whose results for a row do not depend on the others
   */
  public BatchInvariantDecoder(
      String label, int maxRows, ForwardPass<?, LayerCache> pass, JavaDecoder.Parts parts) {
    this.label = label;
    this.maxRows = maxRows;
    this.pass = pass;
    this.parts = parts;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean takes(StepInput step) {
    return true;
  }

  @Override
  public StepOutput compute(StepInput step) {
    int[] places = new int[step.numRows()];
    for (int i = 0; i < step.wanted().length; i++) {
      places[step.wanted()[i]] = i + 1;
    }
    float[][] logits = new float[step.wanted().length][];
    List<LayerCache> cache = parts.cache().layers();
    // In order: what a row attends to is in the cache when its part is computed.
    for (int begin = 0; begin < step.numRows(); begin += maxRows) {
      StepInput rows = step.rows(begin, Math.min(begin + maxRows, step.numRows()));
      compute(rows, begin, places, cache, logits);
    }
    return new HeapOutput(
        logits.length, () -> joined(logits), () -> argmax(logits), parts.sampler());
  }

  /**
   * Computes a part of a step.
   *
   * @param places for each row of the step, one more than its place among the wanted ones; 0 for
   *     none
   */
  private void compute(
      StepInput rows, int begin, int[] places, List<LayerCache> cache, float[][] logits) {
    int[] wanted =
        IntStream.range(0, rows.numRows()).filter(row -> places[begin + row] > 0).toArray();
    StepInput part = new StepInput(rows.spans(), rows.tokens(), wanted);
    pass.run(part, parts.embedding().rows(part.tokens()), cache);
    if (wanted.length == 0) {
      return;
    }
    float[] all = pass.logits();
    int vocab = all.length / wanted.length;
    for (int i = 0; i < wanted.length; i++) {
      float[] row = new float[vocab];
      System.arraycopy(all, i * vocab, row, 0, vocab);
      logits[places[begin + wanted[i]] - 1] = row;
    }
  }

  /** Closes nothing, because all parts are shared. */
  @Override
  public void close() {}

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
