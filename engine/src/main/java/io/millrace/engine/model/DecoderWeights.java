package io.millrace.engine.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.vector.PackedMatrix.Order;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights as the program takes them, immutable. The native handles are made once, so that
 * a step passes a few numbers and no weight.
 */
final class DecoderWeights implements AutoCloseable {
  /** Linears of a layer: attention's query, key and value; its output; gate and up; down. */
  static final int LINEARS_A_LAYER = 4;

  private final ModelSpec spec;
  private final PtNDManager manager;
  private final Kernels kernels;
  private final PtNDArray embedding;
  private final IValue embeddingValue;
  private final List<IValue> constants;
  private final @Nullable IValue fewLayout;
  private final @Nullable IValue manyLayout;

  private DecoderWeights(
      Builder builder, PtNDArray embedding, IValue embeddingValue, List<IValue> constants) {
    this.embedding = embedding;
    this.embeddingValue = embeddingValue;
    this.spec = builder.spec;
    this.manager = builder.manager;
    this.kernels = builder.kernels;
    this.constants = List.copyOf(constants);
    this.fewLayout = builder.linears == null ? null : builder.linears.layout(false);
    this.manyLayout = builder.linears == null ? null : builder.linears.layout(true);
  }

  ModelSpec spec() {
    return spec;
  }

  Kernels kernels() {
    return kernels;
  }

  /** The embedding of single tokens, as long as these weights are there. */
  EmbeddingRows embeddingRows(Program program) {
    return new EmbeddingRows(program, embedding, embeddingValue);
  }

  /**
   * Adds all of it to a call for so many rows, in the order of the program's parameters.
   *
   * @throws IllegalStateException if the program has none
   */
  void addTo(Arguments arguments, int rows) {
    IValue layout = kernels.areMany(rows) ? manyLayout : fewLayout;
    if (layout == null) {
      throw new IllegalStateException("the program has no weights");
    }
    constants.forEach(arguments::shared);
    arguments.shared(layout);
  }

  @Override
  public void close() {
    constants.forEach(IValue::close);
    manager.close();
  }

  /** Collects the weights, layer by layer, so that only one layer is held twice. */
  static final class Builder {
    private final ModelSpec spec;
    private final Kernels kernels;
    private final Program program;
    private final @Nullable PackedLinears linears;
    private final PtNDManager manager;
    private final List<PtNDArray> biases = new ArrayList<>();
    private final List<PtNDArray> headNorms = new ArrayList<>();
    private final List<CollectedWeights<?>> others;
    private final boolean inInt8;
    private boolean anyBias;

    /**
     * @param kernels of the program, or one that is not the program's
     * @param inInt8 whether weights' numbers are what 8 bits stand for
     * @param others are given all linears, too, as they were published
     */
    Builder(
        ModelSpec spec,
        Kernels kernels,
        boolean inInt8,
        List<CollectedWeights<?>> others,
        Program program,
        PtNDManager parent) {
      this.spec = spec;
      this.kernels = kernels;
      this.inInt8 = inInt8;
      this.others = List.copyOf(others);
      this.program = program;
      this.manager = (PtNDManager) parent.newSubManager();
      this.linears =
          kernels.many().isPrograms() ? new PackedLinears(kernels, program, manager) : null;
    }

    /**
     * Adds the next linear.
     *
     * @param weight [out, in], float32
     * @param factors [in], what the weight's columns are multiplied by; empty for nothing
     * @param bias [out], or empty for none
     */
    void addLinear(PtNDArray weight, PtNDArray factors, PtNDArray bias) {
      PtNDArray kept = kept(weight, factors, bias, Order.PLAIN);
      if (linears != null) {
        linears.add(kept, factors);
      }
      addBias(bias);
    }

    /** Adds a gate and what it gates, [2 x intermediate, in]; the other parameters are the same. */
    void addGated(PtNDArray weight, PtNDArray factors, PtNDArray bias) {
      PtNDArray kept = kept(weight, factors, bias, Order.HALVES);
      if (linears != null && bias.size() == 0) {
        linears.addGated(kept, factors);
      } else if (linears != null) {
        linears.add(kept, factors);
      }
      addBias(bias);
    }

    /** Adds the output head, after all others; the same parameters. */
    void addHead(PtNDArray weight, PtNDArray factors, PtNDArray bias) {
      PtNDArray kept = kept(weight, factors, bias, Order.PLAIN);
      if (linears != null) {
        linears.addHead(kept, factors);
      }
      addBias(bias);
    }

    /** Adds the next layer's weights of the norm of each head, [heads + kvHeads, headDim]. */
    void addHeadNorms(PtNDArray norms) {
      others.forEach(other -> other.addHeadNorms(norms));
      headNorms.add(keep(norms));
    }

    /**
     * Finishes.
     *
     * @param embedding [vocab, hidden], of any floating type
     * @param narrow whether bfloat16 holds all of it
     */
    DecoderWeights build(PtNDArray embedding, boolean narrow) {
      List<IValue> constants = new ArrayList<>();
      constants.add(
          IValue.listFrom(
              spec.layers(), spec.heads(), spec.kvHeads(), spec.headDim(), spec.window()));
      constants.add(own(scalar(Math.sqrt(spec.hidden() * spec.epsilon()))));
      constants.add(own(scalar(Math.sqrt(spec.headDim() * spec.epsilon()))));
      PtNDArray kept = narrow ? program.bfloat16(manager, embedding) : keep(embedding);
      IValue keptValue = own(kept);
      constants.add(keptValue);
      constants.add(IValue.listFrom(rope()));
      constants.add(own(slopes()));
      if (linears != null) {
        linears.addTo(constants);
      }
      constants.add(list(anyBias ? biases : List.of()));
      constants.add(list(headNorms));
      return new DecoderWeights(this, kept, keptValue, constants);
    }

    /** Gives a linear to the others, and says which numbers the program must multiply by. */
    private PtNDArray kept(PtNDArray weight, PtNDArray factors, PtNDArray bias, Order order) {
      PtNDArray kept = inInt8 ? program.int8(weight) : weight;
      others.forEach(other -> other.add(other.quantizes() ? weight : kept, factors, bias, order));
      return kept;
    }

    private void addBias(PtNDArray bias) {
      anyBias |= bias.size() > 0;
      biases.add(keep(bias));
    }

    private PtNDArray[] rope() {
      if (!(spec.positions() instanceof Positions.Rotary rotary)) {
        return new PtNDArray[0];
      }
      Shape shape = new Shape(spec.maxPositions(), spec.headDim() / 2, 2);
      return new PtNDArray[] {floats(rotary.turns(spec.maxPositions(), spec.headDim()), shape)};
    }

    private PtNDArray slopes() {
      float[] slopes =
          spec.positions() instanceof Positions.Alibi
              ? Positions.Alibi.slopes(spec.heads())
              : new float[0];
      return floats(slopes, new Shape(slopes.length));
    }

    private PtNDArray scalar(double value) {
      return floats(new float[] {(float) value}, new Shape());
    }

    private PtNDArray floats(float[] values, Shape shape) {
      return values.length == 0
          ? manager.create(shape, DataType.FLOAT32)
          : manager.create(FloatBuffer.wrap(values), shape, DataType.FLOAT32);
    }

    private PtNDArray keep(PtNDArray array) {
      array.attach(manager);
      return array;
    }

    private static IValue own(PtNDArray array) {
      return IValue.from(array);
    }

    private static IValue list(List<PtNDArray> arrays) {
      return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
    }
  }
}
