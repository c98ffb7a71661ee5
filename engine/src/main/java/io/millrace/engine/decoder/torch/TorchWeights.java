package io.millrace.engine.decoder.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.decoder.EmbeddingTable;
import io.millrace.engine.model.ModelSpec;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights as the program takes them, immutable. The native handles are made once, so that
 * a step passes a few numbers and no weight.
 */
public final class TorchWeights implements AutoCloseable {
  private final ModelSpec spec;
  private final PtNDManager manager;
  private final EmbeddingTable embedding;
  private final List<IValue> constants;
  private final List<IValue> fewRows;
  private final List<IValue> manyRows;

  private TorchWeights(Builder builder, EmbeddingTable embedding, List<IValue> constants) {
    this.spec = builder.spec;
    this.manager = builder.manager;
    this.embedding = embedding;
    this.constants = List.copyOf(constants);
    PackedLinears linears = builder.linears;
    this.fewRows = linears == null ? List.of() : linears.layout(false);
    this.manyRows = linears == null ? List.of() : linears.layout(true);
  }

  ModelSpec spec() {
    return spec;
  }

  /** The embedding of single tokens, valid until these weights are closed. */
  public EmbeddingTable embedding() {
    return embedding;
  }

  /**
   * Adds the weights to a call for few or many rows: the program's {@code model}, {@code
   * constants}, {@code linears}, {@code kernels}, {@code places}, {@code packed}.
   */
  void addTo(ProgramArguments arguments, boolean many) {
    constants.forEach(arguments::shared);
    (many ? manyRows : fewRows).forEach(arguments::shared);
  }

  @Override
  public void close() {
    constants.forEach(IValue::close);
    manager.close();
  }

  /** The collector of the weights, layer by layer, so that only one layer is held twice. */
  public static final class Builder implements WeightSink {
    private final ModelSpec spec;
    private final TorchProgram program;
    private final PtNDManager manager;
    private final @Nullable PackedLinears linears;
    private final List<PtNDArray> biases = new ArrayList<>();
    private final List<PtNDArray> headNorms = new ArrayList<>();
    private boolean anyBias;
    private @Nullable PtNDArray embedding;

    /**
     * @param kernels that multiply; null if the program computes no step, and is given no linears
     */
    public Builder(
        ModelSpec spec, @Nullable KernelPair kernels, TorchProgram program, PtNDManager parent) {
      this.spec = spec;
      this.program = program;
      this.manager = (PtNDManager) parent.newSubManager();
      this.linears = kernels == null ? null : new PackedLinears(kernels, program, manager);
    }

    @Override
    public boolean takesLinears() {
      return linears != null;
    }

    @Override
    public void addLinear(LinearTensors linear) {
      if (linears != null) {
        linears.add(linear.weight(), linear.factors());
        addBias(linear.bias());
      }
    }

    @Override
    public void addGateUp(LinearTensors linear) {
      if (linears != null && linear.bias().size() == 0) {
        linears.addGated(linear.weight(), linear.factors());
        addBias(linear.bias());
      } else {
        addLinear(linear);
      }
    }

    @Override
    public void addHead(LinearTensors linear) {
      if (linears != null) {
        linears.addHead(linear.weight(), linear.factors());
        addBias(linear.bias());
      }
    }

    @Override
    public void addHeadNorms(PtNDArray norms) {
      if (linears != null) {
        headNorms.add(keep(norms));
      }
    }

    @Override
    public void addEmbedding(long first, PtNDArray rows, boolean narrow) {
      PtNDArray whole = embedding;
      if (whole == null) {
        ScalarType type = narrow ? ScalarType.BFLOAT16 : ScalarType.FLOAT32;
        whole = program.emptyRows(manager, rows, spec.vocab(), type);
        embedding = whole;
      }
      // Rows as they come would keep Java's direct memory, of which there is little.
      program.putRows(whole, first, rows);
    }

    /** The weights of a program that computes no step, with the embedding that another keeps. */
    public TorchWeights build(EmbeddingTable table) {
      return new TorchWeights(this, table, List.of());
    }

    /** The weights, when all have been added. */
    public TorchWeights build() {
      PtNDArray kept = Objects.requireNonNull(embedding);
      EmbeddingTable table = new TorchEmbedding(manager, program, kept);
      List<IValue> constants =
          linears == null ? List.of() : List.of(model(), constants(kept), linears(linears));
      return new TorchWeights(this, table, constants);
    }

    private IValue model() {
      Map<String, IValue> named = new LinkedHashMap<>();
      named.put("layers", IValue.from((long) spec.layers()));
      named.put("heads", IValue.from((long) spec.heads()));
      named.put("kv_heads", IValue.from((long) spec.kvHeads()));
      named.put("head_dim", IValue.from((long) spec.headDim()));
      named.put("window", IValue.from((long) spec.window()));
      IValue model = IValue.stringIValueMapFrom(named);
      named.values().forEach(IValue::close);
      return model;
    }

    private IValue constants(PtNDArray table) {
      float[] slopes = spec.positions().slopes(spec.heads());
      return IValue.stringMapFrom(
          Map.of(
              "floor", scalar(Math.sqrt(spec.hidden() * spec.epsilon())),
              "head_floor", scalar(Math.sqrt(spec.headDim() * spec.epsilon())),
              "embedding", table,
              "slopes", floats(slopes, new Shape(slopes.length))));
    }

    private IValue linears(PackedLinears packed) {
      return TorchEngine.listsByName(
          Map.of(
              "weights", packed.weights(),
              "columns", packed.columns(),
              "biases", anyBias ? array(packed.inOrder(biases)) : array(List.of()),
              "head_norms", array(headNorms),
              "rope", rope()));
    }

    private void addBias(PtNDArray bias) {
      anyBias |= bias.size() > 0;
      biases.add(keep(bias));
    }

    private PtNDArray[] rope() {
      float[] turns = spec.positions().turns(spec.maxPositions(), spec.headDim());
      Shape shape = new Shape(spec.maxPositions(), spec.headDim() / 2, 2);
      return turns.length == 0 ? new PtNDArray[0] : new PtNDArray[] {floats(turns, shape)};
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

    private static PtNDArray[] array(List<PtNDArray> arrays) {
      return arrays.toArray(PtNDArray[]::new);
    }
  }
}
