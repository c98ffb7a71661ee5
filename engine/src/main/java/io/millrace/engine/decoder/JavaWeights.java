package io.millrace.engine.decoder;

import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Quantization;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The collector of a model's weights for a decoder written in Java: the output head, and linears in
 * the order of the forward pass.
 *
 * @param <M> type of the packed matrices
 */
public final class JavaWeights<M> {
  /** Linears of a layer: query, key and value; attention's output; gate and up; down. */
  private static final int LINEARS_A_LAYER = 4;

  /** Index of attention's output among a layer's linears. */
  private static final int ATTENTION_OUTPUT = 1;

  private final ModelSpec spec;
  private final MatrixPacker<M> packer;
  private final MatrixPacker<M> headPacker;
  private final Quantization quantization;
  private final List<Linear<M>> linears = new ArrayList<>();
  private final List<float[]> headNorms = new ArrayList<>();
  private @Nullable Linear<M> head;

  /** A collector that packs the output head as all else. */
  public JavaWeights(ModelSpec spec, MatrixPacker<M> packer) {
    this(spec, packer, packer, Quantization.NONE);
  }

  /**
   * @param headPacker of the output head
   * @param quantization to which the packers round by themselves
   */
  public JavaWeights(
      ModelSpec spec,
      MatrixPacker<M> packer,
      MatrixPacker<M> headPacker,
      Quantization quantization) {
    this.spec = spec;
    this.packer = packer;
    this.headPacker = headPacker;
    this.quantization = quantization;
  }

  /** The quantization that weights are rounded to here, and so not before. */
  public Quantization quantization() {
    return quantization;
  }

  /**
   * Packs the next linear.
   *
   * @param factors [in], factors of the weight's columns; empty for none
   * @param bias [out], or empty for none
   */
  public void addLinear(
      int out, int in, RowOrder order, RowReader rows, float[] factors, float[] bias) {
    // What attention gives comes head by head.
    int run = linears.size() % LINEARS_A_LAYER == ATTENTION_OUTPUT ? spec.headDim() : in;
    linears.add(new Linear<>(packer.pack(out, in, run, order, rows), factors, bias));
  }

  /** Packs the output head; its parameters are those of {@link #addLinear}. */
  public void addHead(int out, int in, RowReader rows, float[] factors, float[] bias) {
    head = new Linear<>(headPacker.pack(out, in, in, RowOrder.PLAIN, rows), factors, bias);
  }

  /** Adds the next layer's weights of the norm of each head, [heads + kvHeads, headDim]. */
  public void addHeadNorms(float[] norms) {
    headNorms.add(norms);
  }

  /** The output head, when it has been added. */
  public Linear<M> head() {
    return Objects.requireNonNull(head);
  }

  /** The weights, when all have been added. */
  public DecoderWeights<M> build() {
    List<DecoderLayer<M>> layers = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      int first = i * LINEARS_A_LAYER;
      layers.add(
          new DecoderLayer<>(
              linears.get(first),
              linears.get(first + ATTENTION_OUTPUT),
              linears.get(first + 2),
              linears.get(first + 3),
              headNorms.isEmpty() ? new float[0] : headNorms.get(i)));
    }
    return new DecoderWeights<>(DecoderShape.of(spec), layers, head());
  }
}
