package io.millrace.engine.load;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.decoder.JavaWeights;
import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.decoder.torch.LinearTensors;
import io.millrace.engine.decoder.torch.WeightSink;
import io.millrace.engine.model.Quantization;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * The distributor of weights to all decoders of a model: as tensors to the program, row by row to
 * those written in Java. Where one of them keeps few bits, the others get what these stand for, so
 * that all compute with the same numbers.
 */
final class WeightDistributor {
  /**
   * Bytes of a tensor that are held twice while it is made: few enough that Java's arrays of them
   * die young.
   */
  private static final int PIECE_BYTES = 2 << 20;

  private final WeightSink tensors;
  private final List<? extends JavaWeights<?>> decoders;
  private final PtNDManager manager;
  private final Quantization quantization;

  /**
   * @param tensors takes the program's weights
   * @param decoders written in Java
   * @param manager of the model's device
   * @param quantization of the weights, which the program has by itself if it computes alone
   */
  WeightDistributor(
      WeightSink tensors,
      List<? extends JavaWeights<?>> decoders,
      PtNDManager manager,
      Quantization quantization) {
    this.tensors = tensors;
    this.decoders = decoders;
    this.manager = manager;
    this.quantization = decoders.isEmpty() ? Quantization.NONE : quantization;
  }

  /** Takes the embedding, [vocab, hidden], before all else. */
  void addEmbedding(RowReader rows, int vocab, int hidden, boolean narrow) {
    int most = Math.max(1, PIECE_BYTES / (hidden * Float.BYTES));
    for (int first = 0; first < vocab; first += most) {
      int count = Math.min(most, vocab - first);
      try (PtNDManager scope = newScope()) {
        tensors.addEmbedding(first, floats(scope, rows.read(first, count), count, hidden), narrow);
      }
    }
  }

  /** Takes query, key and value of a layer; or attention's output; or down. */
  void addLinear(FoldedLinear linear) {
    add(linear, RowOrder.PLAIN, tensors::addLinear);
  }

  /** Takes a gate and, below it, what it gates, [2 x intermediate, in]. */
  void addGateUp(FoldedLinear linear) {
    add(linear, RowOrder.HALVES, tensors::addGateUp);
  }

  /**
   * Takes the output head, before all layers: the largest matrix, while little else is there yet.
   */
  void addHead(FoldedLinear head) {
    // Its errors are not averaged out by what follows, so it never has less than 8 bits.
    boolean few = quantization != Quantization.NONE;
    FoldedLinear rounded = rounded(head, few ? Quantization.INT8 : Quantization.NONE);
    for (JavaWeights<?> decoder : decoders) {
      FoldedLinear linear = decoder.quantization() == Quantization.NONE ? rounded : head;
      decoder.addHead(linear.out(), linear.in(), linear.rows(), linear.factors(), linear.bias());
    }
    toProgram(rounded, tensors::addHead);
  }

  /** Takes the weights of the norm of each of a layer's heads, [heads + kvHeads, headDim]. */
  void addHeadNorms(float[] norms, int headDim) {
    decoders.forEach(decoder -> decoder.addHeadNorms(norms));
    if (tensors.takesLinears()) {
      try (PtNDManager scope = newScope()) {
        tensors.addHeadNorms(floats(scope, norms, norms.length / headDim, headDim));
      }
    }
  }

  private void add(FoldedLinear published, RowOrder order, Consumer<LinearTensors> sink) {
    FoldedLinear rounded = rounded(published, quantization);
    for (JavaWeights<?> decoder : decoders) {
      FoldedLinear linear = decoder.quantization() == quantization ? published : rounded;
      decoder.addLinear(
          linear.out(), linear.in(), order, linear.rows(), linear.factors(), linear.bias());
    }
    toProgram(rounded, sink);
  }

  private static FoldedLinear rounded(FoldedLinear published, Quantization to) {
    return switch (to) {
      case NONE -> published;
      case INT8 -> published.withRows(Rows.roundedToInt8(published.rows()));
      case INT4 -> published.withRows(Rows.roundedToInt4(published.rows()));
    };
  }

  private void toProgram(FoldedLinear linear, Consumer<LinearTensors> sink) {
    if (tensors.takesLinears()) {
      try (PtNDManager scope = newScope()) {
        sink.accept(
            new LinearTensors(
                matrix(scope, linear),
                vector(scope, linear.factors()),
                vector(scope, linear.bias())));
      }
    }
  }

  /** The whole of a weight, piece by piece. */
  private static PtNDArray matrix(PtNDManager scope, FoldedLinear linear) {
    Shape shape = new Shape(linear.out(), linear.in());
    PtNDArray whole = (PtNDArray) scope.create(shape, DataType.FLOAT32);
    int most = Math.max(1, PIECE_BYTES / (linear.in() * Float.BYTES));
    for (int first = 0; first < linear.out(); first += most) {
      int count = Math.min(most, linear.out() - first);
      float[] rows = linear.rows().read(first, count);
      try (PtNDArray piece = floats(scope, rows, count, linear.in())) {
        whole.set(new NDIndex("{}:{}", first, first + count), piece);
      }
    }
    return whole;
  }

  private static PtNDArray vector(PtNDManager scope, float[] values) {
    return values.length == 0
        ? (PtNDArray) scope.create(new Shape(0), DataType.FLOAT32)
        : floats(scope, values, values.length);
  }

  private static PtNDArray floats(PtNDManager scope, float[] values, long... shape) {
    return (PtNDArray) scope.create(FloatBuffer.wrap(values), new Shape(shape), DataType.FLOAT32);
  }

  private PtNDManager newScope() {
    return (PtNDManager) manager.newSubManager();
  }
}
