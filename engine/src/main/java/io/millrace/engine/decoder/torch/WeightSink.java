package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.engine.PtNDArray;

/**
 * A receiver of a model's weights, in the order of the forward pass. Tensors belong to the caller,
 * who closes them when the layer is done; a receiver that keeps one attaches it to a manager of its
 * own.
 */
public interface WeightSink {

  /** Takes query, key and value of a layer; or attention's output; or down. */
  void addLinear(LinearTensors linear);

  /** Takes a gate and, below it, what it gates, [2 x intermediate, in]. */
  void addGateUp(LinearTensors linear);

  /** Takes the output head, after all layers. */
  void addHead(LinearTensors linear);

  /** Takes the weights of the norm of each of a layer's heads, [heads + kvHeads, headDim]. */
  void addHeadNorms(PtNDArray norms);

  /**
   * Takes the embedding, after all else.
   *
   * @param embedding [vocab, hidden], of any floating type
   * @param narrow whether bfloat16 holds all of it
   */
  void addEmbedding(PtNDArray embedding, boolean narrow);
}
