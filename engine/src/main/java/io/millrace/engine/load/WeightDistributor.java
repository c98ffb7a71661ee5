package io.millrace.engine.load;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.engine.PtNDArray;
import io.millrace.engine.decoder.JavaWeights;
import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.torch.LinearTensors;
import io.millrace.engine.decoder.torch.TorchProgram;
import io.millrace.engine.decoder.torch.WeightSink;
import java.util.List;

/**
 * The distributor of weights to all decoders of a model: as tensors to the program, row by row to
 * those written in Java. Where one of them keeps 8 bits, the others get what these stand for, so
 * that all compute with the same numbers.
 */
final class WeightDistributor implements WeightSink {
  private final WeightSink tensors;
  private final List<? extends JavaWeights<?>> decoders;
  private final TorchProgram program;
  private final boolean roundToInt8;

  /**
   * @param tensors takes the program's weights
   * @param decoders written in Java
   * @param roundToInt8 whether weights are kept in 8 bits
   */
  WeightDistributor(
      WeightSink tensors,
      List<? extends JavaWeights<?>> decoders,
      TorchProgram program,
      boolean roundToInt8) {
    this.tensors = tensors;
    this.decoders = decoders;
    this.program = program;
    this.roundToInt8 = roundToInt8 && !decoders.isEmpty();
  }

  @Override
  public void addLinear(LinearTensors linear) {
    tensors.addLinear(toDecoders(linear, RowOrder.PLAIN));
  }

  @Override
  public void addGateUp(LinearTensors linear) {
    tensors.addGateUp(toDecoders(linear, RowOrder.HALVES));
  }

  @Override
  public void addHead(LinearTensors linear) {
    tensors.addHead(toDecoders(linear, RowOrder.PLAIN));
  }

  @Override
  public void addHeadNorms(PtNDArray norms) {
    decoders.forEach(decoder -> decoder.addHeadNorms(norms.toFloatArray()));
    tensors.addHeadNorms(norms);
  }

  @Override
  public void addEmbedding(PtNDArray embedding, boolean narrow) {
    tensors.addEmbedding(embedding, narrow);
  }

  /**
   * Adds a linear to the decoders written in Java, and returns the one for those that do not round
   * by themselves.
   */
  private LinearTensors toDecoders(LinearTensors published, RowOrder order) {
    LinearTensors rounded =
        roundToInt8 ? published.withWeight(program.int8(published.weight())) : published;
    for (JavaWeights<?> decoder : decoders) {
      add(decoder, decoder.quantizes() ? published : rounded, order);
    }
    return rounded;
  }

  private static void add(JavaWeights<?> decoder, LinearTensors linear, RowOrder order) {
    PtNDArray weight = linear.weight();
    decoder.addLinear(
        Math.toIntExact(weight.getShape().get(0)),
        Math.toIntExact(weight.getShape().get(1)),
        order,
        (first, count) -> rows(weight, first, count),
        linear.factors().toFloatArray(),
        linear.bias().toFloatArray());
  }

  private static float[] rows(PtNDArray weight, int first, int count) {
    try (NDArray rows = weight.get(new NDIndex("{}:{}", first, first + count))) {
      return rows.toFloatArray();
    }
  }
}
