package io.millrace.engine.decoder;

/**
 * A weight matrix and what goes with it.
 *
 * @param <M> how matrices are kept
 * @param factors [in], what inputs are multiplied by before; empty for nothing
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
