package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.Argmax;
import io.millrace.engine.decoder.DecoderLayer;
import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.ForwardPass;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.Linear;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.ThreadTeam;
import jdk.incubator.vector.FloatVector;

/**
 * The forward pass for the next token of each of a few sequences, with vectors (JEP 338). One row
 * is bound by how fast weights are read, and reading them is all that happens here: there is no
 * operator to call, and nothing to start or to wait for between two matrices but the end of the one
 * before.
 */
public final class VectorForwardPass extends ForwardPass<PackedMatrix, LayerCache> {
  /** The kernels for one row add in another order than those for several. */
  private static final int FEWEST_INVARIANT_ROWS = 2;

  private final VectorAttention attention;
  private final boolean batchInvariant;

  /** Inputs of a matrix, rows interleaved in groups: see {@link PackedMatrix}. */
  private final float[] inputs;

  /** Inputs of the last matrix of a layer, laid out alike. */
  private final float[] gated;

  /** [rows, the matrix's stride] */
  private final float[] results;

  /**
   * @param blockSize tokens a block of the cache
   * @param maxRows sequences that are computed at once, at most
   * @param batchInvariant whether a row's results must be the same to the bit in any company
   * @param team threads that compute; the caller closes it
   */
  public VectorForwardPass(
      DecoderWeights<PackedMatrix> weights,
      int blockSize,
      int maxRows,
      boolean batchInvariant,
      ThreadTeam team) {
    super(weights, team);
    this.batchInvariant = batchInvariant;
    this.attention = new VectorAttention(shape(), blockSize, batchInvariant, team.size());
    int padded = PackedMatrix.padded(Math.max(FEWEST_INVARIANT_ROWS, maxRows));
    int widestInput = Math.max(shape().hidden(), shape().heads() * shape().headDim());
    this.inputs = new float[padded * widestInput];
    this.gated = new float[padded * shape().intermediate()];
    this.results = new float[padded * widestResult()];
  }

  @Override
  public float[] logits() {
    multiplyHead();
    int vocab = head().matrix().out();
    float[] logits = new float[numRows() * vocab];
    for (int row = 0; row < numRows(); row++) {
      System.arraycopy(results, row * head().matrix().stride(), logits, row * vocab, vocab);
    }
    return logits;
  }

  @Override
  public int[] argmax() {
    multiplyHead();
    PackedMatrix matrix = head().matrix();
    Argmax argmax = new Argmax(team().size(), numRows());
    team()
        .forEach(
            numRows(),
            (row, lane) ->
                argmax.offer(lane, row, results, row * matrix.stride(), matrix.out(), 0));
    return argmax.tokens();
  }

  @Override
  protected void prepare(StepInput step) {
    attention.plan(step.positions(), step.tables());
  }

  @Override
  protected void putNormalized(int row, float scale, float[] factors, int lane) {
    int width = shape().hidden();
    int group = group();
    int into = PackedMatrix.firstPlace(row, group, width);
    float[] x = x();
    for (int i = 0; i < width; i++) {
      float factor = factors.length == 0 ? scale : scale * factors[i];
      inputs[into + i * group] = x[row * width + i] * factor;
    }
  }

  @Override
  protected void multiplyQkv(Linear<PackedMatrix> linear) {
    multiply(linear, inputs);
  }

  @Override
  protected float[] qkv() {
    return results;
  }

  @Override
  protected int qkvStride() {
    return layers().get(0).qkv().matrix().stride();
  }

  @Override
  protected void attend(LayerCache cache) {
    int stride = qkvStride();
    team()
        .forEach(
            attention.numParts(),
            (part, lane) -> attention.run(part, lane, cache, results, stride));
    attention.collect(cache, inputs, group());
  }

  @Override
  protected void addAttentionOutput(Linear<PackedMatrix> linear) {
    multiply(linear, inputs);
    addToResidual(linear);
  }

  @Override
  protected void multiplyGateUp(Linear<PackedMatrix> linear) {
    PackedMatrix matrix = linear.matrix();
    int rows = multipliedRows();
    matrix.takeRow(inputs);
    team()
        .forEachInStretches(
            matrix.numUnits(),
            (unit, lane) -> {
              matrix.multiply(unit, inputs, rows, results);
              gate(linear, unit);
            });
  }

  @Override
  protected void addDown(Linear<PackedMatrix> linear) {
    multiply(linear, gated);
    addToResidual(linear);
  }

  private void multiplyHead() {
    multiply(head(), inputs);
    for (int row = 0; row < numRows(); row++) {
      head().addBias(results, row * head().matrix().stride());
    }
  }

  private void multiply(Linear<PackedMatrix> linear, float[] from) {
    PackedMatrix matrix = linear.matrix();
    int rows = multipliedRows();
    matrix.takeRow(from);
    team()
        .forEachInStretches(
            matrix.numUnits(), (unit, lane) -> matrix.multiply(unit, from, rows, results));
  }

  /** Applies the gate to a unit's results: a block of gates, then one of what they gate. */
  private void gate(Linear<PackedMatrix> gateUp, int unit) {
    int intermediate = shape().intermediate();
    int group = group();
    int stride = gateUp.matrix().stride();
    int first = unit * Lanes.COUNT;
    int count = Math.min(Lanes.COUNT, intermediate - first);
    for (int row = 0; row < numRows(); row++) {
      int at = row * stride + unit * PackedMatrix.STEP;
      addGateBias(gateUp.bias(), first, count, at);
      FloatVector product =
          Lanes.gated(
              FloatVector.fromArray(Lanes.FLOATS, results, at),
              FloatVector.fromArray(Lanes.FLOATS, results, at + Lanes.COUNT));
      product.intoArray(results, at);
      int into = PackedMatrix.firstPlace(row, group, intermediate) + first * group;
      for (int i = 0; i < count; i++) {
        gated[into + i * group] = results[at + i];
      }
    }
  }

  private void addGateBias(float[] bias, int first, int count, int at) {
    if (bias.length == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      results[at + i] += bias[first + i];
      results[at + Lanes.COUNT + i] += bias[shape().intermediate() + first + i];
    }
  }

  private void addToResidual(Linear<PackedMatrix> linear) {
    int width = shape().hidden();
    int stride = linear.matrix().stride();
    float[] x = x();
    for (int row = 0; row < numRows(); row++) {
      linear.addBias(results, row * stride);
      for (int i = 0; i < width; i++) {
        x[row * width + i] += results[row * stride + i];
      }
    }
  }

  private int group() {
    return PackedMatrix.groupOf(multipliedRows());
  }

  private int multipliedRows() {
    return batchInvariant ? Math.max(FEWEST_INVARIANT_ROWS, numRows()) : numRows();
  }

  private int widestResult() {
    int widest = head().matrix().stride();
    for (DecoderLayer<PackedMatrix> layer : layers()) {
      widest = Math.max(widest, layer.qkv().matrix().stride());
      widest = Math.max(widest, layer.output().matrix().stride());
      widest = Math.max(widest, layer.gateUp().matrix().stride());
      widest = Math.max(widest, layer.down().matrix().stride());
    }
    return widest;
  }
}
