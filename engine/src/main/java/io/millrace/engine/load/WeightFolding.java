package io.millrace.engine.load;

import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.model.ModelSpec;

/**
 * The folding of a checkpoint's tensors into the weights that decoders take: matrices that read the
 * same input are stacked; the weight of an RMSNorm, and the square root of its width that the
 * program leaves out, go to the matrix that follows it; the scale of attention goes into the
 * queries; the two halves of a query's or key's head are interleaved, so that numbers that are
 * rotated together lie together.
 */
final class WeightFolding {
  private static final float[] NONE = {};

  private final ModelSpec spec;
  private final TensorReader tensors;

  WeightFolding(ModelSpec spec, TensorReader tensors) {
    this.spec = spec;
    this.tensors = tensors;
  }

  /** Passes the weights of one layer to the decoders. */
  void addLayer(int index, WeightDistributor to) {
    String layer = ModelTensors.layer(index);
    String attention = layer + "self_attn.";
    String mlp = layer + "mlp.";
    int hidden = spec.hidden();
    int heads = spec.heads() * spec.headDim();
    int qkv = heads + 2 * spec.kvHeads() * spec.headDim();
    to.addLinear(
        new FoldedLinear(
            qkv,
            hidden,
            qkv(attention, ".weight", hidden),
            norm(layer + "input_layernorm.weight"),
            spec.biases().qkv() ? qkv(attention, ".bias").read(0, qkv) : NONE));
    to.addLinear(
        new FoldedLinear(
            hidden,
            heads,
            tensors.rows(attention + "o_proj.weight", hidden, heads),
            NONE,
            spec.biases().output() ? vector(attention + "o_proj.bias", hidden) : NONE));
    if (spec.family().headNorms()) {
      to.addHeadNorms(headNorms(attention), spec.headDim());
    }
    int intermediate = spec.intermediate();
    to.addGateUp(
        new FoldedLinear(
            2 * intermediate,
            hidden,
            gateUp(mlp, ".weight", hidden),
            norm(layer + "post_attention_layernorm.weight"),
            spec.biases().mlp() ? gateUp(mlp, ".bias").read(0, 2 * intermediate) : NONE));
    to.addLinear(
        new FoldedLinear(
            hidden,
            intermediate,
            tensors.rows(mlp + "down_proj.weight", hidden, intermediate),
            NONE,
            spec.biases().mlp() ? vector(mlp + "down_proj.bias", hidden) : NONE));
  }

  /**
   * Passes the embedding to the decoders.
   *
   * @param narrow whether it is kept in bfloat16
   */
  void addEmbedding(WeightDistributor to, boolean narrow) {
    to.addEmbedding(
        tensors.rows(ModelTensors.EMBEDDING, spec.vocab(), spec.hidden()),
        spec.vocab(),
        spec.hidden(),
        narrow);
  }

  /** Passes the output head to the decoders, with the last norm. */
  void addHead(WeightDistributor to) {
    to.addHead(
        new FoldedLinear(spec.vocab(), spec.hidden(), head(), norm(ModelTensors.NORM), NONE));
  }

  /** Whether the head's matrix is the embedding, number by number. */
  boolean isHeadTheEmbedding() {
    return !tensors.has(ModelTensors.HEAD) && !spec.family().normalizedHead();
  }

  /** Whether the checkpoint has the embedding in bfloat16. */
  boolean isEmbeddingNarrow() {
    return tensors.isBfloat16(ModelTensors.EMBEDDING);
  }

  /**
   * The output head. One that a checkpoint has counts whatever its configuration says of ties, as
   * in transformers.
   */
  private RowReader head() {
    String name = tensors.has(ModelTensors.HEAD) ? ModelTensors.HEAD : ModelTensors.EMBEDDING;
    RowReader rows = tensors.rows(name, spec.vocab(), spec.hidden());
    return spec.family().normalizedHead() ? Rows.normalized(rows) : rows;
  }

  private RowReader qkv(String attention, String suffix, long... width) {
    int q = spec.heads() * spec.headDim();
    int kv = spec.kvHeads() * spec.headDim();
    if (spec.family().fusedQkv()) {
      RowReader all = tensors.rows(attention + "W_pack" + suffix, shape(q + 2 * kv, width));
      return qkv(all, Rows.from(q, all), Rows.from(q + kv, all), queryScale());
    }
    return qkv(
        tensors.rows(attention + "q_proj" + suffix, shape(q, width)),
        tensors.rows(attention + "k_proj" + suffix, shape(kv, width)),
        tensors.rows(attention + "v_proj" + suffix, shape(kv, width)),
        spec.family().headNorms() ? 1 : queryScale());
  }

  private RowReader qkv(RowReader q, RowReader k, RowReader v, double scale) {
    int numQ = spec.heads() * spec.headDim();
    int numK = spec.kvHeads() * spec.headDim();
    RowReader queries = Rows.scaled(Rows.paired(q, spec.headDim()), scale);
    return Rows.stacked(queries, numQ, Rows.stacked(Rows.paired(k, spec.headDim()), numK, v));
  }

  private RowReader gateUp(String mlp, String suffix, long... width) {
    int rows = spec.intermediate();
    return Rows.stacked(
        tensors.rows(mlp + "gate_proj" + suffix, shape(rows, width)),
        rows,
        tensors.rows(mlp + "up_proj" + suffix, shape(rows, width)));
  }

  /** [heads + kvHeads, headDim] */
  private float[] headNorms(String attention) {
    double root = Math.sqrt(spec.headDim());
    float[] q = headNorm(attention + "q_norm.weight", root * queryScale());
    float[] k = headNorm(attention + "k_norm.weight", root);
    float[] all = new float[(spec.heads() + spec.kvHeads()) * spec.headDim()];
    for (int head = 0; head < spec.heads() + spec.kvHeads(); head++) {
      float[] norm = head < spec.heads() ? q : k;
      System.arraycopy(norm, 0, all, head * spec.headDim(), spec.headDim());
    }
    return all;
  }

  private float[] headNorm(String name, double scale) {
    RowReader norm = tensors.rows(name, spec.headDim());
    return Rows.scaled(Rows.paired(norm, spec.headDim()), scale).read(0, spec.headDim());
  }

  private float[] norm(String name) {
    RowReader norm = tensors.rows(name, spec.hidden());
    return Rows.scaled(norm, Math.sqrt(spec.hidden())).read(0, spec.hidden());
  }

  private float[] vector(String name, int size) {
    return tensors.rows(name, size).read(0, size);
  }

  private double queryScale() {
    return 1 / Math.sqrt(spec.headDim());
  }

  private static long[] shape(long rows, long... width) {
    return width.length == 0 ? new long[] {rows} : new long[] {rows, width[0]};
  }
}
