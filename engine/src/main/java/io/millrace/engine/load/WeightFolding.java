package io.millrace.engine.load;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.decoder.torch.LinearTensors;
import io.millrace.engine.decoder.torch.WeightSink;
import io.millrace.engine.model.ModelSpec;

/**
 * The folding of a checkpoint's tensors into the weights that decoders take: matrices that read the
 * same input are stacked; the weight of an RMSNorm, and the square root of its width that the
 * program leaves out, go to the matrix that follows it; the scale of attention goes into the
 * queries; the two halves of a query's or key's head are interleaved, so that numbers that are
 * rotated together lie together.
 */
final class WeightFolding {
  private final ModelSpec spec;
  private final TensorReader tensors;

  WeightFolding(ModelSpec spec, TensorReader tensors) {
    this.spec = spec;
    this.tensors = tensors;
  }

  /** Passes the weights of one layer to a sink. */
  void addLayer(int index, WeightSink sink) {
    String layer = ModelTensors.layer(index);
    String attention = layer + "self_attn.";
    String mlp = layer + "mlp.";
    try (PtNDManager scope = tensors.newScope()) {
      sink.addLinear(
          new LinearTensors(
              pt(qkv(scope, attention, ".weight", spec.hidden())),
              norm(scope, layer + "input_layernorm.weight"),
              qkvBias(scope, attention)));
      sink.addLinear(
          new LinearTensors(
              matrix(
                  scope, attention + "o_proj.weight", spec.hidden(), spec.heads() * spec.headDim()),
              none(scope),
              spec.biases().output()
                  ? bias(scope, attention + "o_proj.bias", spec.hidden())
                  : none(scope)));
      if (spec.family().headNorms()) {
        sink.addHeadNorms(headNorms(scope, attention));
      }
      NDArray gateUp =
          NDArrays.concat(
              new NDList(
                  matrix(scope, mlp + "gate_proj.weight", spec.intermediate(), spec.hidden()),
                  matrix(scope, mlp + "up_proj.weight", spec.intermediate(), spec.hidden())));
      sink.addGateUp(
          new LinearTensors(
              pt(gateUp),
              norm(scope, layer + "post_attention_layernorm.weight"),
              gateUpBias(scope, mlp)));
      sink.addLinear(
          new LinearTensors(
              matrix(scope, mlp + "down_proj.weight", spec.hidden(), spec.intermediate()),
              none(scope),
              spec.biases().mlp()
                  ? bias(scope, mlp + "down_proj.bias", spec.hidden())
                  : none(scope)));
    }
  }

  /** Passes the weights that belong to no layer to a sink. */
  void addHeadAndEmbedding(WeightSink sink) {
    try (PtNDManager scope = tensors.newScope()) {
      PtNDArray embedding =
          tensors.stored(scope, ModelTensors.EMBEDDING, spec.vocab(), spec.hidden());
      try (NDArray head = head(scope, embedding)) {
        sink.addHead(new LinearTensors(pt(head), norm(scope, ModelTensors.NORM), none(scope)));
      }
      sink.addEmbedding(embedding, tensors.isBfloat16(ModelTensors.EMBEDDING));
    }
  }

  /**
   * The output head in float32, a copy that may be changed. One that a checkpoint has counts
   * whatever its configuration says of ties, as in transformers.
   */
  private NDArray head(PtNDManager scope, PtNDArray embedding) {
    NDArray head;
    if (tensors.has(ModelTensors.HEAD)) {
      head = matrix(scope, ModelTensors.HEAD, spec.vocab(), spec.hidden());
    } else if (embedding.getDataType() == DataType.FLOAT32) {
      head = embedding.duplicate();
    } else {
      head = embedding.toType(DataType.FLOAT32, false);
    }
    if (spec.family().normalizedHead()) {
      head.divi(head.square().sum(new int[] {1}, true).sqrt().maximum(1e-12f));
    }
    return head;
  }

  private NDArray qkv(PtNDManager scope, String attention, String suffix, long... width) {
    int q = spec.heads() * spec.headDim();
    int kv = spec.kvHeads() * spec.headDim();
    if (spec.family().fusedQkv()) {
      NDArray all = tensors.floats(scope, attention + "W_pack" + suffix, shape(q + 2 * kv, width));
      return NDArrays.concat(
          new NDList(
              paired(all.get(":{}", q).mul(queryScale())),
              paired(all.get("{}:{}", q, q + kv)),
              all.get("{}:", q + kv)));
    }
    return NDArrays.concat(
        new NDList(
            paired(
                tensors
                    .floats(scope, attention + "q_proj" + suffix, shape(q, width))
                    .mul(spec.family().headNorms() ? 1 : queryScale())),
            paired(tensors.floats(scope, attention + "k_proj" + suffix, shape(kv, width))),
            tensors.floats(scope, attention + "v_proj" + suffix, shape(kv, width))));
  }

  private PtNDArray qkvBias(PtNDManager scope, String attention) {
    return spec.biases().qkv() ? pt(qkv(scope, attention, ".bias")) : none(scope);
  }

  private PtNDArray gateUpBias(PtNDManager scope, String mlp) {
    if (!spec.biases().mlp()) {
      return none(scope);
    }
    return pt(
        NDArrays.concat(
            new NDList(
                tensors.floats(scope, mlp + "gate_proj.bias", new Shape(spec.intermediate())),
                tensors.floats(scope, mlp + "up_proj.bias", new Shape(spec.intermediate())))));
  }

  private PtNDArray headNorms(PtNDManager scope, String attention) {
    double root = Math.sqrt(spec.headDim());
    NDArray q = tensors.floats(scope, attention + "q_norm.weight", new Shape(spec.headDim()));
    NDArray k = tensors.floats(scope, attention + "k_norm.weight", new Shape(spec.headDim()));
    return pt(
        NDArrays.concat(
            new NDList(
                paired(q).mul(root * queryScale()).reshape(1, -1).repeat(0, spec.heads()),
                paired(k).mul(root).reshape(1, -1).repeat(0, spec.kvHeads()))));
  }

  /**
   * Rows of heads, each head's halves interleaved: scores do not change if queries and keys are
   * rearranged alike.
   */
  private NDArray paired(NDArray rows) {
    long all = rows.size(0);
    return rows.reshape(all / spec.headDim(), 2, spec.headDim() / 2, rows.size() / all)
        .swapAxes(1, 2)
        .reshape(rows.getShape());
  }

  private PtNDArray norm(PtNDManager scope, String name) {
    return pt(tensors.floats(scope, name, new Shape(spec.hidden())).mul(Math.sqrt(spec.hidden())));
  }

  private PtNDArray bias(PtNDManager scope, String name, int size) {
    return tensors.floats(scope, name, new Shape(size));
  }

  private PtNDArray matrix(PtNDManager scope, String name, int rows, int columns) {
    return tensors.floats(scope, name, new Shape(rows, columns));
  }

  private double queryScale() {
    return 1 / Math.sqrt(spec.headDim());
  }

  private static Shape shape(long rows, long... width) {
    return width.length == 0 ? new Shape(rows) : new Shape(rows, width[0]);
  }

  private static PtNDArray none(PtNDManager scope) {
    return scope.create(new Shape(0), DataType.FLOAT32);
  }

  private static PtNDArray pt(NDArray array) {
    return (PtNDArray) array;
  }
}
