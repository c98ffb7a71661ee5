package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.AttentionMask;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention of single tokens over the paged cache, by vectors: it is bound by how fast the cache is
 * read, and a call to a library for a few queries takes longer than what is computed. Queries and
 * weights are rounded to bfloat16, and sums added up in the order in which a {@link Gemm} does, so
 * that a token is the same to the bit as in a tile of several. For one thread.
 */
final class TokenAttention {
  private final DecoderShape shape;
  private final AttentionMask mask;
  private final int blockSize;
  private final int width;
  private final LayerCache.Scratch block;
  private final float[] queries;
  private final float[] sums;
  private final int[] line;
  private float[] scores = {};

  /**
   * A token's heads that are computed.
   *
   * @param row of the token, in the step
   * @param table of its sequence's blocks
   * @param firstBlock the first block that it sees
   * @param numBlocks that it sees
   * @param firstHead the first head of keys
   * @param heads of keys
   */
  record Part(
      int row,
      int position,
      int[] table,
      int firstBlock,
      int numBlocks,
      int firstHead,
      int heads) {}

  TokenAttention(DecoderShape shape, int blockSize) {
    this.shape = shape;
    this.mask = new AttentionMask(shape);
    this.blockSize = blockSize;
    this.width = LayerCache.padded(shape.headDim());
    this.block = LayerCache.Scratch.of(blockSize, shape.headDim());
    this.queries = new float[shape.heads() * width];
    this.sums = new float[shape.heads() * width];
    this.line = new int[shape.group() * shape.headDim() / 2];
  }

  /**
   * Takes the queries of the next part's head, rounded.
   *
   * @param index among the part's heads of keys
   * @param row of {@code from}, which has the queries of all heads that share these keys
   */
  void takeQueries(int index, Activations from, int row) {
    from.get(row, 0, line, line.length);
    int words = shape.headDim() / 2;
    for (int i = 0; i < shape.group(); i++) {
      int into = (index * shape.group() + i) * width;
      Pairs.widen(line, i * words, shape.headDim(), queries, into);
    }
  }

  /** Computes a part, whose queries have been taken, into the columns of its heads. */
  void run(Part part, PairedCache cache, Activations outputs) {
    int rows = part.heads * shape.group();
    int context = part.numBlocks * blockSize;
    // Rows would all fall on the same lines of the CPU's cache else.
    int pitch = context + LayerCache.PANEL;
    score(part, cache, rows, pitch);
    Arrays.fill(sums, 0, rows * width, 0);
    float[] totals = new float[rows];
    for (int row = 0; row < rows; row++) {
      int first = part.firstBlock * blockSize;
      int query = part.firstHead * shape.group() + row;
      mask.apply(scores, row * pitch, query, part.position, first, context);
      float top = Lanes.largest(scores, row * pitch, context);
      Lanes.exponentiate(scores, row * pitch, context, top);
      totals[row] = round(scores, row * pitch, context);
    }
    addValues(part, cache, pitch);
    for (int row = 0; row < rows; row++) {
      Lanes.scale(sums, row * width, 1 / totals[row], shape.headDim());
      Pairs.round(sums, row * width, line, shape.headDim());
      int query = part.firstHead * shape.group() + row;
      outputs.put(part.row, query * shape.headDim(), line, shape.headDim() / 2);
    }
  }

  private void score(Part part, PairedCache cache, int rows, int pitch) {
    if (scores.length < rows * pitch) {
      scores = new float[rows * pitch];
    }
    Arrays.fill(scores, 0, rows * pitch, 0);
    int group = shape.group();
    for (int i = 0; i < part.numBlocks; i++) {
      for (int head = 0; head < part.heads; head++) {
        cache.multiplyKeys(
            part.table[part.firstBlock + i],
            part.firstHead + head,
            group,
            queries,
            head * group * width,
            scores,
            head * group * pitch + i * blockSize,
            pitch,
            block);
      }
    }
  }

  private void addValues(Part part, PairedCache cache, int pitch) {
    int group = shape.group();
    for (int i = 0; i < part.numBlocks; i++) {
      for (int head = 0; head < part.heads; head++) {
        cache.multiplyValues(
            part.table[part.firstBlock + i],
            part.firstHead + head,
            group,
            scores,
            head * group * pitch + i * blockSize,
            pitch,
            sums,
            head * group * width,
            block);
      }
    }
  }

  /** Rounds weights to bfloat16 and returns their sum, so that they add up to 1. */
  private static float round(float[] weights, int at, int count) {
    FloatVector total = FloatVector.zero(Lanes.FLOATS);
    for (int i = at; i < at + count; i += LayerCache.PANEL) {
      IntVector words =
          Pairs.words(
              FloatVector.fromArray(Lanes.FLOATS, weights, i),
              FloatVector.fromArray(Lanes.FLOATS, weights, i + Lanes.COUNT));
      FloatVector low = Bfloat16.ofLow(words);
      FloatVector high = Bfloat16.ofHigh(words);
      low.intoArray(weights, i);
      high.intoArray(weights, i + Lanes.COUNT);
      total = total.add(low).add(high);
    }
    return total.reduceLanes(VectorOperators.ADD);
  }
}
