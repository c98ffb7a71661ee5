package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.engine.PtNDArray;

/**
 * A linear's weights as tensors, after folding.
 *
 * @param weight [out, in], float32
 * @param factors [in], factors of the weight's columns; empty for none
 * @param bias [out], or empty for none
 */
public record LinearTensors(PtNDArray weight, PtNDArray factors, PtNDArray bias) {

  /** A copy with another weight. */
  public LinearTensors withWeight(PtNDArray other) {
    return new LinearTensors(other, factors, bias);
  }
}
