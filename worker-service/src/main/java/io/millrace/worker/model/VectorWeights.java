package io.millrace.worker.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import io.millrace.worker.vector.DecoderLayer;
import io.millrace.worker.vector.DecoderShape;
import io.millrace.worker.vector.Format;
import io.millrace.worker.vector.Linear;
import io.millrace.worker.vector.PackedMatrix;
import io.millrace.worker.vector.PackedMatrix.Order;
import io.millrace.worker.vector.VectorDecoder;
import io.millrace.worker.vector.WarmUp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Collects weights for decoding with vectors, in the order of the program's. */
final class VectorWeights {
  private static final int LINEARS_A_LAYER = DecoderWeights.LINEARS_A_LAYER;

  private final ModelSpec spec;
  private final Format format;
  private final List<Linear> linears = new ArrayList<>();
  private final List<float[]> headNorms = new ArrayList<>();

  VectorWeights(ModelSpec spec, Format format) {
    this.spec = spec;
    this.format = format;
  }

  /** Bytes of Java's heap that a model's weights take. */
  static long bytes(ModelSpec spec, Format format) {
    long attention = (long) spec.headDim() * (2L * spec.heads() + 2L * spec.kvHeads());
    long layer = spec.hidden() * (attention + 3L * spec.intermediate());
    long weights = spec.layers() * layer + (long) spec.vocab() * spec.hidden();
    return weights * format.bits() / Byte.SIZE;
  }

  /** Whether the model's shapes are such that the format can keep them. */
  static boolean takes(ModelSpec spec, Format format) {
    return format.takes(spec.hidden())
        && format.takes(spec.intermediate())
        && format.takes(spec.heads() * spec.headDim());
  }

  /** Names in logs what is done with them. */
  String label(int maxRows) {
    return "vectors of %s up to %d rows".formatted(format.label(), maxRows);
  }

  Format format() {
    return format;
  }

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
    PackedMatrix matrix = format.pack(out, in, order, (first, count) -> rows(weight, first, count));
    linears.add(new Linear(matrix, factors.toFloatArray(), bias.toFloatArray()));
  }

  /** Adds the next layer's weights of the norm of each head, [heads + kvHeads, headDim]. */
  void addHeadNorms(PtNDArray norms) {
    headNorms.add(norms.toFloatArray());
  }

  /** Has the JVM compile decoding meanwhile. */
  CompletableFuture<Void> warmUp(int blockSize, int maxRows, boolean narrow) {
    DecoderShape shape = shape();
    return CompletableFuture.runAsync(() -> WarmUp.run(format, shape, blockSize, maxRows, narrow));
  }

  /** Finishes. */
  VectorDecoder decoder(int blockSize, int maxRows, int threads) {
    List<DecoderLayer> layers = new ArrayList<>();
    for (int i = 0; i < spec.layers(); i++) {
      int first = i * LINEARS_A_LAYER;
      layers.add(
          new DecoderLayer(
              linears.get(first),
              linears.get(first + 1),
              linears.get(first + 2),
              linears.get(first + 3),
              headNorms.isEmpty() ? new float[0] : headNorms.get(i)));
    }
    Linear head = linears.get(spec.layers() * LINEARS_A_LAYER);
    return new VectorDecoder(shape(), layers, head, blockSize, maxRows, threads);
  }

  private DecoderShape shape() {
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
