package io.millrace.engine.decoder;

import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.ThreadTeam;
import java.util.List;

/**
 * The forward pass of a decoder-only transformer (Llama, arXiv:2302.13971), once for all decoders
 * written in Java: they differ in how they multiply and attend, and in how rows lie for that. The
 * residual stream is float32 in all of them. For one thread at a time.
 *
 * @param <M> type of the packed matrices
 * @param <C> type of a layer's cache
 */
public abstract class ForwardPass<M, C extends LayerCache> {
  /** Rows that a thread takes at once in cheap stages, which treat each row by itself. */
  private static final int STRETCH = 8;

  private final DecoderShape shape;
  private final DecoderWeights<M> weights;
  private final ThreadTeam team;
  private final AttentionHeads heads;

  /** [rows, hidden] the residual stream; of wanted rows only, when all layers are computed. */
  private float[] x = {};

  private int rows;
  private int[] positions = {};
  private int[][] tables = {};

  /** A cheap stage over consecutive rows, one thread's share. */
  @FunctionalInterface
  protected interface Rows {
    void run(int begin, int end, int lane);
  }

  /**
   * @param team threads that compute; the caller closes it
   */
  protected ForwardPass(DecoderWeights<M> weights, ThreadTeam team) {
    this.shape = weights.shape();
    this.weights = weights;
    this.team = team;
    this.heads = new AttentionHeads(shape);
  }

  /**
   * Computes all of a step but the output head, and writes keys and values into the cache.
   *
   * @param embedded [rows, hidden] embeddings of the tokens, which are overwritten
   * @param cache caches of the layers
   */
  public final void run(StepInput step, float[] embedded, List<? extends C> cache) {
    x = embedded;
    rows = step.numRows();
    positions = step.positions();
    tables = step.tables();
    prepare(step);
    for (int i = 0; i < weights.layers().size(); i++) {
      DecoderLayer<M> layer = weights.layers().get(i);
      // x += output(attention(rotated(qkv(norm(x)))))
      normalize(layer.qkv().factors()); // [rows, hidden]
      multiplyQkv(layer.qkv()); // [rows, (heads + 2 kvHeads) * headDim]
      rotateAndCache(layer, cache.get(i)); // keys and values of these rows are in the cache now
      attend(cache.get(i)); // [rows, heads * headDim]
      addAttentionOutput(layer.output()); // [rows, hidden]
      // x += down(silu(gate(norm(x))) * up(norm(x)))
      normalize(layer.gateUp().factors()); // [rows, hidden]
      multiplyGateUp(layer.gateUp()); // [rows, intermediate]
      addDown(layer.down()); // [rows, hidden]
    }
    keep(step.wanted());
    normalize(weights.head().factors()); // [wanted, hidden]
  }

  /** [wanted x vocab] logits of the step that {@link #run} computed last. */
  public abstract float[] logits();

  /** Each wanted row's likeliest next token; of equally likely ones the lowest. */
  public abstract int[] argmax();

  /** Makes room for a step, and plans its attention. */
  protected abstract void prepare(StepInput step);

  /**
   * Stores a normalised row as input of the next matrix.
   *
   * @param scale one over the row's norm
   * @param factors factors of its numbers besides; empty for none
   */
  protected abstract void putNormalized(int row, float scale, float[] factors, int lane);

  /** Multiplies the normalised rows by the matrix of queries, keys and values. */
  protected abstract void multiplyQkv(Linear<M> linear);

  /**
   * The queries, keys and values that {@link #multiplyQkv} has computed, {@link #qkvStride} numbers
   * a row.
   */
  protected abstract float[] qkv();

  protected abstract int qkvStride();

  /** Stores a row's queries, which are rotated now. */
  protected void putQueries(int row, int lane) {}

  /** Computes attention over the cache. */
  protected abstract void attend(C cache);

  /**
   * Multiplies attention's result by the output matrix, and adds the product to the residual
   * stream.
   */
  protected abstract void addAttentionOutput(Linear<M> linear);

  /** Multiplies the normalised rows by the gate and up matrices, and applies the gate. */
  protected abstract void multiplyGateUp(Linear<M> linear);

  /** Multiplies the gated rows by the down matrix, and adds the product to the residual stream. */
  protected abstract void addDown(Linear<M> linear);

  protected final DecoderShape shape() {
    return shape;
  }

  protected final List<DecoderLayer<M>> layers() {
    return weights.layers();
  }

  protected final Linear<M> head() {
    return weights.head();
  }

  protected final ThreadTeam team() {
    return team;
  }

  /** [rows, hidden] the residual stream. */
  protected final float[] x() {
    return x;
  }

  /** Number of the step's rows; of the wanted ones only, when all layers are computed. */
  protected final int numRows() {
    return rows;
  }

  /** RMSNorm (arXiv:1910.07467); its weight and the root of the width are among the factors. */
  private void normalize(float[] factors) {
    int width = shape.hidden();
    forEachStretch(
        (begin, end, lane) -> {
          for (int row = begin; row < end; row++) {
            float scale = 1 / Lanes.norm(x, row * width, width, shape.floor());
            putNormalized(row, scale, factors, lane);
          }
        });
  }

  /**
   * Rotates queries and keys, and caches keys and values. Several rows at once, because reading as
   * vectors what was just written number by number would wait for it.
   */
  private void rotateAndCache(DecoderLayer<M> layer, C cache) {
    float[] qkv = qkv();
    int stride = qkvStride();
    forEachStretch(
        (begin, end, lane) -> {
          for (int row = begin; row < end; row++) {
            layer.qkv().addBias(qkv, row * stride);
            heads.normalizeAndRotate(layer.headNorms(), qkv, row * stride, positions[row]);
          }
          for (int row = begin; row < end; row++) {
            heads.write(cache, tables[row], qkv, row * stride, positions[row]);
            putQueries(row, lane);
          }
        });
  }

  /** Keeps only the wanted rows of the residual stream. */
  private void keep(int[] wanted) {
    int width = shape.hidden();
    float[] kept = new float[wanted.length * width];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(x, wanted[i] * width, kept, i * width, width);
    }
    x = kept;
    rows = wanted.length;
  }

  /** Runs a cheap stage on all rows; a single stretch is not worth waking a second thread. */
  private void forEachStretch(Rows action) {
    if (rows <= STRETCH) {
      action.run(0, rows, 0);
      return;
    }
    team.forEach(
        (rows + STRETCH - 1) / STRETCH,
        (part, lane) -> action.run(part * STRETCH, Math.min(rows, (part + 1) * STRETCH), lane));
  }
}
