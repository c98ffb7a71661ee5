package io.millrace.engine.decoder;

import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.ThreadTeam;
import jdk.incubator.vector.FloatVector;

/**
 * The forward pass for any number of tokens of any number of sequences, by multiplications tile by
 * tile: the products of some rows and one panel of a matrix are finished while they lie in the
 * CPU's caches. Sums and logits are float32.
 *
 * @param <M> type of the packed matrices
 * @param <A> type of the activations, as matrices are multiplied by them
 * @param <C> type of a layer's cache
 */
public abstract class TiledForwardPass<M, A, C extends LayerCache> extends ForwardPass<M, C> {
  private final A inputs;
  private final A attended;
  private final A gated;
  private float[] qkv = {};

  /**
   * A tile: the products of some rows and one panel. A panel of gate and up has gates in its first
   * half, and in the other what they gate.
   *
   * @param sums [count, width]
   * @param first row
   */
  public record Tile(float[] sums, int width, int panel, int first, int count) {
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
  protected interface Epilogue {
    void apply(Tile tile, int lane);
  }

  /**
   * @param inputs [rows, hidden] made here
   * @param attended [rows, heads * headDim]
   * @param gated [rows, intermediate]
   * @param team threads that compute; the caller closes it
   */
  protected TiledForwardPass(
      DecoderWeights<M> weights, ThreadTeam team, A inputs, A attended, A gated) {
    super(weights, team);
    this.inputs = inputs;
    this.attended = attended;
    this.gated = gated;
  }

  /** Multiplies all rows by a matrix, tile by tile, and finishes each. */
  protected abstract void multiply(Linear<M> linear, A from, Epilogue epilogue);

  /** Number of a matrix's outputs. */
  protected abstract int outputs(M matrix);

  /** Stores consecutive numbers of a row of activations. */
  protected abstract void put(
      A into, int row, int column, float[] numbers, int at, int count, int lane);

  @Override
  public final float[] logits() {
    int vocab = outputs(head().matrix());
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
  public final int[] argmax() {
    Argmax argmax = new Argmax(team().size(), numRows());
    int vocab = outputs(head().matrix());
    multiply(
        head(),
        inputs,
        (tile, lane) -> {
          int columns = tile.columns(vocab);
          for (int row = 0; row < tile.count; row++) {
            int at = tile.at(row);
            addBias(head().bias(), tile.column(), columns, tile.sums, at);
            argmax.offer(lane, tile.first + row, tile.sums, at, columns, tile.column());
          }
        });
    return argmax.tokens();
  }

  /** Makes room for the queries, keys and values of a step. */
  protected final void reserveQkv() {
    int needed = Math.multiplyExact(numRows(), qkvStride());
    if (qkv.length < needed) {
      qkv = new float[needed];
    }
  }

  protected final A inputs() {
    return inputs;
  }

  protected final A attended() {
    return attended;
  }

  protected final A gated() {
    return gated;
  }

  @Override
  protected final void multiplyQkv(Linear<M> linear) {
    int width = qkvStride();
    multiply(linear, inputs, (tile, lane) -> copy(tile, qkv, width));
  }

  @Override
  protected final float[] qkv() {
    return qkv;
  }

  @Override
  protected final int qkvStride() {
    return outputs(layers().get(0).qkv().matrix());
  }

  @Override
  protected final void addAttentionOutput(Linear<M> linear) {
    addToResidual(linear, attended);
  }

  @Override
  protected final void multiplyGateUp(Linear<M> linear) {
    multiply(linear, inputs, (tile, lane) -> gate(linear.bias(), tile, lane));
  }

  @Override
  protected final void addDown(Linear<M> linear) {
    addToResidual(linear, gated);
  }

  /** Applies the gate: half of a panel's outputs are gates, the other half is what they gate. */
  private void gate(float[] bias, Tile tile, int lane) {
    int half = tile.width / 2;
    int column = tile.panel * half;
    int columns = Math.min(half, shape().intermediate() - column);
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
    // Reading at once what was just written as vectors would wait for it.
    for (int row = 0; row < tile.count; row++) {
      put(gated, tile.first + row, column, tile.sums, tile.at(row), columns, lane);
    }
  }

  private void addToResidual(Linear<M> linear, A from) {
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
}
