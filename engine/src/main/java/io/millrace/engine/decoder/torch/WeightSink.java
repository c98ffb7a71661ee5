package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.engine.PtNDArray;

/**
 * A receiver of a model's weights: the embedding, the output head, and layer after layer. Tensors
 * belong to the caller, who closes them when the layer is done; a receiver that keeps one attaches
 * it to a manager of its own.
 */
public interface WeightSink {

  /** Whether linears and norms are of use; else nobody needs to make tensors of them. */
  boolean takesLinears();

  /** Takes query, key and value of a layer; or attention's output; or down. */
  void addLinear(LinearTensors linear);

  /** Takes a gate and, below it, what it gates, [2 x intermediate, in]. */
  void addGateUp(LinearTensors linear);

  /** Takes the output head, before all layers. */
  void addHead(LinearTensors linear);

  /** Takes the weights of the norm of each of a layer's heads, [heads + kvHeads, headDim]. */
  void addHeadNorms(PtNDArray norms);

  /**
   * Takes the next rows of the embedding, to be copied.
   *
   * @param first the place of the first of them
   * @param rows [any, hidden], float32
   * @param narrow whether bfloat16 holds all of the embedding
   */
  void addEmbedding(long first, PtNDArray rows, boolean narrow);
}
