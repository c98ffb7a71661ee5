package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.Argmax;
import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.ForwardPass;
import io.millrace.engine.decoder.Linear;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.ThreadTeam;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/**
 * The forward pass for any number of tokens of any number of sequences, by multiplications of
 * matrices panel by panel: the products of a panel are finished while they lie in the CPU's caches.
 * Sums and logits are float32; activations and weights are bfloat16.
 */
public final class GemmForwardPass extends ForwardPass<PanelMatrix, PairedCache> {
  private final GemmAttention attention;
  private final Activations inputs;
  private final Activations attended;
  private final Activations gated;
  private final Lane[] lanes;
  private float[] qkv = {};

  /** The scratch memory of one thread. */
  private static final class Lane {
    private final Sums sums;
    private final int[] line;

    Lane(Gemm gemm, int widest) {
      this.sums = new Sums(gemm);
      sums.reserve(RowChunks.MOST_ROWS * PanelMatrix.MOST_WIDTH);
      this.line = new int[widest / 2];
    }
  }

  /**
   * A tile: the products of some rows and one panel.
   *
   * @param sums [count, width]
   * @param first row
   */
  private record Tile(float[] sums, int width, int panel, int first, int count) {
    /** The tile's first output. */
    int column() {
      return panel * width;
    }

    /** Number of the tile's outputs in a matrix of {@code all} outputs. */
    int columns(int all) {
      return Math.min(width, all - column());
    }

    /** Index at which a row's sums begin. */
    int at(int row) {
      return row * width;
    }
  }

  /** The epilogue of a multiplication, which finishes a tile. */
  @FunctionalInterface
  private interface Epilogue {
    void apply(Tile tile, int lane);
  }

  /**
   * @param blockSize tokens a block of the cache
   * @param team threads that compute; the caller closes it
   */
  public GemmForwardPass(
      Gemm gemm, DecoderWeights<PanelMatrix> weights, int blockSize, ThreadTeam team) {
    super(weights, team);
    this.attention = new GemmAttention(gemm, shape(), blockSize, team.size());
    int heads = shape().heads() * shape().headDim();
    this.inputs = new Activations(gemm, Activations.spread(shape().hidden()));
    this.attended = new Activations(gemm, Activations.spread(heads));
    this.gated = new Activations(gemm, Activations.spread(shape().intermediate()));
    int widest = Math.max(shape().hidden(), PanelMatrix.MOST_WIDTH);
    this.lanes =
        IntStream.range(0, team.size()).mapToObj(i -> new Lane(gemm, widest)).toArray(Lane[]::new);
  }

  @Override
  public float[] logits() {
    int vocab = head().matrix().out();
    float[] logits = new float[Math.multiplyExact(numRows(), vocab)];
    multiply(
        head(),
        inputs,
        (tile, lane) -> {
          copy(tile, logits, vocab);
          for (int row = 0; row < tile.count; row++) {
            int at = (tile.first + row) * vocab + tile.column();
            addBias(head().bias(), tile.column(), tile.columns(vocab), logits, at);
          }
        });
    return logits;
  }

  @Override
  public int[] argmax() {
    Argmax argmax = new Argmax(team().size(), numRows());
    multiply(
        head(),
        inputs,
        (tile, lane) -> {
          int columns = tile.columns(head().matrix().out());
          for (int row = 0; row < tile.count; row++) {
            int at = tile.at(row);
            addBias(head().bias(), tile.column(), columns, tile.sums, at);
            argmax.offer(lane, tile.first + row, tile.sums, at, columns, tile.column());
          }
        });
    return argmax.tokens();
  }

  @Override
  protected void prepare(StepInput step) {
    int padded = RowChunks.capacity(numRows());
    inputs.reserve(padded);
    attended.reserve(padded);
    gated.reserve(padded);
    int needed = numRows() * qkvStride();
    if (qkv.length < needed) {
      qkv = new float[needed];
    }
    attention.plan(step.spans());
  }

  @Override
  protected void putNormalized(int row, float scale, float[] factors, int lane) {
    int width = shape().hidden();
    int[] line = lanes[lane].line;
    Pairs.roundProducts(x(), row * width, scale, factors, line, width);
    inputs.put(row, 0, line, width / 2);
  }

  @Override
  protected void multiplyQkv(Linear<PanelMatrix> linear) {
    int width = qkvStride();
    multiply(linear, inputs, (tile, lane) -> copy(tile, qkv, width));
  }

  @Override
  protected float[] qkv() {
    return qkv;
  }

  @Override
  protected int qkvStride() {
    return layers().get(0).qkv().matrix().out();
  }

  @Override
  protected void putQueries(int row, int lane) {
    attention.putQueries(row, qkv, row * qkvStride(), lane);
  }

  @Override
  protected void attend(PairedCache cache) {
    team()
        .forEach(attention.numParts(), (part, lane) -> attention.run(part, lane, cache, attended));
  }

  @Override
  protected void addAttentionOutput(Linear<PanelMatrix> linear) {
    addToResidual(linear, attended);
  }

  @Override
  protected void multiplyGateUp(Linear<PanelMatrix> linear) {
    multiply(linear, inputs, (tile, lane) -> gate(linear.bias(), tile, lane));
  }

  @Override
  protected void addDown(Linear<PanelMatrix> linear) {
    addToResidual(linear, gated);
  }

  /** Applies the gate: half of a panel's outputs are gates, the other half is what they gate. */
  private void gate(float[] bias, Tile tile, int lane) {
    int half = tile.width / 2;
    int column = tile.panel * half;
    int columns = Math.min(half, shape().intermediate() - column);
    int[] line = lanes[lane].line;
    for (int row = 0; row < tile.count; row++) {
      int at = tile.at(row);
      addBias(bias, column, columns, tile.sums, at);
      addBias(bias, shape().intermediate() + column, columns, tile.sums, at + half);
      for (int i = 0; i < half; i += Lanes.COUNT) {
        Lanes.gated(
                FloatVector.fromArray(Lanes.FLOATS, tile.sums, at + i),
                FloatVector.fromArray(Lanes.FLOATS, tile.sums, at + half + i))
            .intoArray(tile.sums, at + i);
      }
    }
    for (int row = 0; row < tile.count; row++) {
      Pairs.round(tile.sums, tile.at(row), line, columns);
      gated.put(tile.first + row, column, line, columns / 2);
    }
  }

  private void addToResidual(Linear<PanelMatrix> linear, Activations from) {
    int width = shape().hidden();
    float[] x = x();
    multiply(
        linear,
        from,
        (tile, lane) -> {
          int columns = tile.columns(width);
          for (int row = 0; row < tile.count; row++) {
            int at = tile.at(row);
            addBias(linear.bias(), tile.column(), columns, tile.sums, at);
            int into = (tile.first + row) * width + tile.column();
            Lanes.add(tile.sums, at, x, into, columns);
          }
        });
  }

  private static void copy(Tile tile, float[] into, int width) {
    for (int row = 0; row < tile.count; row++) {
      int at = (tile.first + row) * width + tile.column();
      System.arraycopy(tile.sums, tile.at(row), into, at, tile.columns(width));
    }
  }

  private static void addBias(float[] bias, int from, int count, float[] y, int at) {
    if (bias.length > 0) {
      Lanes.add(bias, from, y, at, count);
    }
  }

  /** Multiplies panel by panel: each serves all rows before the next one is read. */
  private void multiply(Linear<PanelMatrix> linear, Activations from, Epilogue epilogue) {
    PanelMatrix matrix = linear.matrix();
    int rows = numRows();
    int chunk = RowChunks.size(rows);
    team()
        .forEachInStretches(
            matrix.numPanels(),
            (panel, lane) -> {
              Sums sums = lanes[lane].sums;
              for (int first = 0; first < rows; first += chunk) {
                int count = Math.min(chunk, rows - first);
                matrix.multiply(panel, from, first, chunk, sums.address());
                float[] read = sums.read(count * matrix.width());
                epilogue.apply(new Tile(read, matrix.width(), panel, first, count), lane);
              }
            });
  }
}
