package io.millrace.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import io.millrace.engine.vector.DecoderLayer;
import io.millrace.engine.vector.DecoderShape;
import io.millrace.engine.vector.Linear;
import io.millrace.engine.vector.PackedMatrix.Order;
import io.millrace.engine.vector.PackedMatrix.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects weights for decoding in Java, in the order of the program's.
 *
 * @param <M> how matrices are kept
 */
abstract class CollectedWeights<M> {
  private static final int LINEARS_A_LAYER = DecoderWeights.LINEARS_A_LAYER;

  /** Its place among a layer's. */
  private static final int ATTENTION_OUTPUT = 1;

  private final ModelSpec spec;
  private final List<Linear<M>> linears = new ArrayList<>();
  private final List<float[]> headNorms = new ArrayList<>();

  CollectedWeights(ModelSpec spec) {
    this.spec = spec;
  }

  /** Whether it rounds to 8 bits itself, and so must be given what was published. */
  abstract boolean quantizes();

  /**
   * Packs a matrix.
   *
   * @param run inputs that come from one head, or all
   */
  abstract M pack(int out, int in, int run, Order order, Rows rows);

  /**
   * Packs the next linear.
   *
   * @param weight [out, in], float32
   * @param factors [in], what the weight's columns are multiplied by; empty for nothing
   * @param bias [out], or empty for none
   */
  void add(PtNDArray weight, PtNDArray factors, PtNDArray bias, Order order) {
    int out = Math.toIntExact(weight.getShape().get(0));
    int in = Math.toIntExact(weight.getShape().get(1));
    // What attention gives comes head by head.
    int run = linears.size() % LINEARS_A_LAYER == ATTENTION_OUTPUT ? spec.headDim() : in;
    M matrix = pack(out, in, run, order, (first, count) -> rows(weight, first, count));
    linears.add(new Linear<>(matrix, factors.toFloatArray(), bias.toFloatArray()));
  }

  /** Adds the next layer's weights of the norm of each head, [heads + kvHeads, headDim]. */
  void addHeadNorms(PtNDArray norms) {
    headNorms.add(norms.toFloatArray());
  }

  final List<DecoderLayer<M>> layers() {
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
    return layers;
  }

  final Linear<M> head() {
    return linears.get(spec.layers() * LINEARS_A_LAYER);
  }

  final DecoderShape shape() {
    float[] turns =
        spec.positions() instanceof Positions.Rotary rotary
            ? rotary.turns(spec.maxPositions(), spec.headDim())
            : new float[0];
    float[] slopes =
        spec.positions() instanceof Positions.Alibi
            ? Positions.Alibi.slopes(spec.heads())
            : new float[0];
    return new DecoderShape(
        spec.hidden(),
        spec.heads(),
        spec.kvHeads(),
        spec.headDim(),
        spec.intermediate(),
        spec.window(),
        (float) Math.sqrt(spec.hidden() * spec.epsilon()),
        (float) Math.sqrt(spec.headDim() * spec.epsilon()),
        turns,
        slopes);
  }

  private static float[] rows(PtNDArray weight, int first, int count) {
    try (NDArray rows = weight.get(new NDIndex("{}:{}", first, first + count))) {
      return rows.toFloatArray();
    }
  }
}
