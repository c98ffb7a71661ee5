package io.millrace.engine.decoder;

/**
 * A linear layer: a weight matrix, factors of its inputs, and a bias.
 *
 * @param <M> type of the packed matrices
 * @param factors [in], factors of the inputs; empty for none
 * @param bias [out], or empty for none
 */
public record Linear<M>(M matrix, float[] factors, float[] bias) {

  /** Adds the bias to a row of results. */
  public void addBias(float[] y, int at) {
    for (int i = 0; i < bias.length; i++) {
      y[at + i] += bias[i];
    }
  }
}
