package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.engine.PtNDArray;

/**
 * A linear's weights as tensors, after folding.
 *
 * @param weight [out, in], float32
 * @param factors [in], what the weight's columns are multiplied by; empty for nothing
 * @param bias [out], or empty for none
 */
public record LinearTensors(PtNDArray weight, PtNDArray factors, PtNDArray bias) {

  /** The same with other numbers in the weight. */
  public LinearTensors withWeight(PtNDArray other) {
    return new LinearTensors(other, factors, bias);
  }
}
