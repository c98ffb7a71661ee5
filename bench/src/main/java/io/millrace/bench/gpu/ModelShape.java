package io.millrace.bench.gpu;

import io.millrace.bench.checkpoint.LlamaShape;
import io.millrace.models.weights.RandomCheckpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** A shape under the name by which it is measured, and what its steps cost at least. */
record ModelShape(String name, LlamaShape shape) {
  static final List<ModelShape> ALL =
      List.of(
          // For rehearsals on a CPU.
          new ModelShape("tiny", new LlamaShape(64, 2, 4, 2, 128, 384, false, 8)),
          new ModelShape("1b", LlamaShape.LLAMA_3_2_1B),
          new ModelShape("8b", LlamaShape.LLAMA_3_1_8B));

  /** No longer contexts are measured, and a cache is as large as its longest. */
  private static final int POSITIONS = 4096;

  /** A model of this shape with random weights. */
  RandomCheckpoint checkpoint(long seed) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shape
        .tensors()
        .forEach(
            it ->
                shapes.put(it.name(), it.shape().stream().mapToLong(Integer::longValue).toArray()));
    ObjectNode config = shape.config().put("max_position_embeddings", POSITIONS);
    return new RandomCheckpoint(config, shapes, seed);
  }

  int vocab() {
    return shape.vocabulary();
  }

  /** Numbers of a layer's matrices, all layers together. */
  private long layerNumbers() {
    long queries = shape.hidden();
    long keys = (long) shape.kvHeads() * shape.headDim();
    long layer = shape.hidden() * (2 * queries + 2 * keys + 3L * shape.intermediate());
    return shape.layers() * layer;
  }

  /** Numbers of all weights that a step reads: matrices and output head, without the embedding. */
  long weightNumbers() {
    return layerNumbers() + (long) shape.vocabulary() * shape.hidden();
  }

  /** Bytes that a decode step must read at least, if every number has two. */
  long stepBytes(int batch, int context) {
    long cache = 2L * shape.layers() * shape.kvHeads() * shape.headDim() * context * batch;
    return Short.BYTES * (weightNumbers() + cache);
  }

  /** Floating point operations that a prompt token needs: without the head, which one row needs. */
  double tokenFlops(int context) {
    double attention = 2.0 * context * shape.layers() * shape.hidden();
    return 2.0 * layerNumbers() + attention;
  }
}
