package io.millrace.engine.decoder;

import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.ThreadTeam;
import java.util.List;

/**
 * The forward pass of a decoder-only transformer (Llama, arXiv:2302.13971), once for all decoders
 * written in Java: they differ in how they multiply and attend, and in how rows lie for that. The
 * residual stream is float32 in all of them. For one thread at a time.
 *
 * @param <M> how matrices are kept
 * @param <C> how a layer's cache is kept
 */
public abstract class ForwardPass<M, C extends LayerCache> {
  /** Rows that a lane does something small to at once. */
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

  /** Consecutive rows, one lane's share of something small. */
  @FunctionalInterface
  protected interface Rows {
    void run(int begin, int end, int lane);
  }

  /**
   * @param team belongs to another
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
   * @param embedded [rows, hidden], which is changed
   * @param cache of each layer
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

  /** [wanted x vocab] logits of what {@link #run} computed last. */
  public abstract float[] logits();

  /** Each wanted row's likeliest next token; of equally likely ones the lowest. */
  public abstract int[] argmax();

  /** Makes room for a step, and plans its attention. */
  protected abstract void prepare(StepInput step);

  /**
   * Takes a normalised row as input of the next matrix.
   *
   * @param scale one over the row's norm
   * @param factors what its numbers are multiplied by besides; empty for nothing
   */
  protected abstract void putNormalized(int row, float scale, float[] factors, int lane);

  /** Multiplies the normalised rows. */
  protected abstract void multiplyQkv(Linear<M> linear);

  /** What {@link #multiplyQkv} has computed, {@link #qkvStride} a row. */
  protected abstract float[] qkv();

  protected abstract int qkvStride();

  /** Takes over a row's queries, which are rotated now. */
  protected void putQueries(int row, int lane) {}

  /** Attends to the cache. */
  protected abstract void attend(C cache);

  /** Multiplies what attention gave, and adds it to the residual stream. */
  protected abstract void addAttentionOutput(Linear<M> linear);

  /** Multiplies the normalised rows, and applies the gate. */
  protected abstract void multiplyGateUp(Linear<M> linear);

  /** Multiplies what the gate let through, and adds it to the residual stream. */
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

  /** Rows of the step; or those that are wanted, when all layers are computed. */
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
   * Some rows at once: reading as vectors what was just written number by number would wait for it.
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

  /** Leaves nothing of the residual stream but some rows. */
  private void keep(int[] wanted) {
    int width = shape.hidden();
    float[] kept = new float[wanted.length * width];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(x, wanted[i] * width, kept, i * width, width);
    }
    x = kept;
    rows = wanted.length;
  }

  /** One stretch is not worth a second thread's attention. */
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
