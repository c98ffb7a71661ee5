package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.AttentionMask;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.simd.Lanes;
import java.util.Arrays;

/**
 * Attention of single tokens over the paged cache. Contexts are split into segments whose results
 * are put together at the end (Flash-Decoding), so that all threads have something to do.
 */
final class VectorAttention {
  /** Segments for each thread, if there are as many blocks. */
  private static final int SEGMENTS_A_LANE = 8;

  private static final int MOST_BLOCKS = 16;

  /** Where a row is not to be computed otherwise because of the others. */
  private static final int INVARIANT_BLOCKS = 4;

  private final DecoderShape shape;
  private final AttentionMask mask;
  private final int blockSize;
  private final boolean batchInvariant;
  private final int width;
  private final Scratch[] scratch;

  private int[] positions = {};
  private int[][] tables = {};
  private int segmentBlocks = 1;

  /** First segment of each row, and how many there are. */
  private int[] firstSegment = {0};

  private int[] rowOf = {};
  private float[] sums = {};
  private float[] tops = {};
  private float[] totals = {};

  /** The scratch memory of one thread. */
  private final class Scratch {
    private final LayerCache.Scratch block = LayerCache.Scratch.of(blockSize, shape.headDim());
    private final float[] queries = new float[shape.heads() * width];
    private final float[] scores = new float[scoresAt(shape.heads())];
  }

  /**
   * @param batchInvariant whether contexts are split in the same places whatever else is computed
   */
  VectorAttention(DecoderShape shape, int blockSize, boolean batchInvariant, int threads) {
    this.shape = shape;
    this.mask = new AttentionMask(shape);
    this.blockSize = blockSize;
    this.batchInvariant = batchInvariant;
    this.width = LayerCache.padded(shape.headDim());
    this.scratch = new Scratch[threads];
    for (int i = 0; i < threads; i++) {
      scratch[i] = new Scratch();
    }
  }

  /**
   * Prepares a step.
   *
   * @param positions of each row's token
   * @param tables block tables of each row, at least as long as it needs
   */
  void plan(int[] positions, int[][] tables) {
    this.positions = positions;
    this.tables = tables;
    segmentBlocks = batchInvariant ? INVARIANT_BLOCKS : blocksOfASegment(positions);
    firstSegment = new int[positions.length + 1];
    for (int row = 0; row < positions.length; row++) {
      int segments = (numBlocks(positions[row]) + segmentBlocks - 1) / segmentBlocks;
      firstSegment[row + 1] = firstSegment[row] + segments;
    }
    rowOf = new int[numParts()];
    for (int row = 0; row < positions.length; row++) {
      Arrays.fill(rowOf, firstSegment[row], firstSegment[row + 1], row);
    }
    int vectors = numParts() * shape.heads();
    if (tops.length < vectors) {
      sums = new float[vectors * width];
      tops = new float[vectors];
      totals = new float[vectors];
    }
  }

  private int blocksOfASegment(int[] rows) {
    int blocks = Arrays.stream(rows).map(this::numBlocks).sum();
    int wanted = blocks / (scratch.length * SEGMENTS_A_LANE);
    return Math.max(1, Math.min(MOST_BLOCKS, wanted));
  }

  /** How many parts the step's attention has in each layer. */
  int numParts() {
    return firstSegment[firstSegment.length - 1];
  }

  /**
   * Computes one part.
   *
   * @param queries [rows, stride], a row's heads first
   */
  void run(int part, int lane, LayerCache cache, float[] queries, int stride) {
    Scratch use = scratch[lane];
    int row = rowOf[part];
    int begin = firstBlock(positions[row]) + (part - firstSegment[row]) * segmentBlocks;
    int end = Math.min(begin + segmentBlocks, positions[row] / blockSize + 1);
    int[] table = tables[row];
    int context = (end - begin) * blockSize;
    for (int head = 0; head < shape.heads(); head++) {
      int from = row * stride + head * shape.headDim();
      cache.layOutQuery(queries, from, use.queries, head * width);
      Arrays.fill(use.scores, scoresAt(head), scoresAt(head) + context, 0);
    }
    for (int i = begin; i < end; i++) {
      score(use, cache, table[i], (i - begin) * blockSize);
    }
    for (int head = 0; head < shape.heads(); head++) {
      int at = scoresAt(head);
      mask.apply(use.scores, at, head, positions[row], begin * blockSize, context);
      exponentiate(use.scores, at, context, vector(part, head));
      mask.clear(use.scores, at, positions[row], begin * blockSize, context);
    }
    Arrays.fill(sums, vector(part, 0) * width, vector(part + 1, 0) * width, 0);
    for (int i = begin; i < end; i++) {
      addValues(use, cache, table[i], (i - begin) * blockSize, part);
    }
  }

  /**
   * Merges the segments of each row.
   *
   * @param outputs all rows' results, laid out as inputs of a matrix
   */
  void collect(LayerCache cache, float[] outputs, int group) {
    int headDim = shape.headDim();
    for (int row = 0; row < positions.length; row++) {
      int into = PackedMatrix.firstPlace(row, group, shape.heads() * headDim);
      for (int head = 0; head < shape.heads(); head++) {
        merge(row, head);
        int vector = vector(firstSegment[row], head);
        float share = 1 / totals[vector];
        for (int i = 0; i < headDim; i++) {
          outputs[into + (head * headDim + i) * group] =
              sums[vector * width + cache.place(i)] * share;
        }
      }
    }
  }

  /** Adds all segments of a row to its first one. */
  private void merge(int row, int head) {
    int into = vector(firstSegment[row], head);
    for (int segment = firstSegment[row] + 1; segment < firstSegment[row + 1]; segment++) {
      int from = vector(segment, head);
      float top = Math.max(tops[into], tops[from]);
      float keep = (float) Math.exp(tops[into] - top);
      float add = (float) Math.exp(tops[from] - top);
      for (int i = 0; i < width; i++) {
        sums[into * width + i] = sums[into * width + i] * keep + sums[from * width + i] * add;
      }
      totals[into] = totals[into] * keep + totals[from] * add;
      tops[into] = top;
    }
  }

  /** Scores of a block for all heads. */
  private void score(Scratch use, LayerCache cache, int block, int within) {
    int group = shape.group();
    for (int head = 0; head < shape.kvHeads(); head++) {
      cache.multiplyKeys(
          block,
          head,
          group,
          use.queries,
          head * group * width,
          use.scores,
          scoresAt(head * group) + within,
          scoresAt(1),
          use.block);
    }
  }

  private void exponentiate(float[] scores, int at, int count, int vector) {
    float top = Lanes.largest(scores, at, count);
    tops[vector] = top;
    totals[vector] = Lanes.exponentiate(scores, at, count, top);
  }

  private void addValues(Scratch use, LayerCache cache, int block, int within, int part) {
    int group = shape.group();
    for (int head = 0; head < shape.kvHeads(); head++) {
      cache.multiplyValues(
          block,
          head,
          group,
          use.scores,
          scoresAt(head * group) + within,
          scoresAt(1),
          sums,
          vector(part, head * group) * width,
          use.block);
    }
  }

  /** Rows would all fall on the same lines of the CPU's cache without what is between them. */
  private int scoresAt(int head) {
    return head * (MOST_BLOCKS * blockSize + LayerCache.PANEL);
  }

  private int vector(int part, int head) {
    return part * shape.heads() + head;
  }

  private int firstBlock(int position) {
    return shape.firstSeen(position) / blockSize;
  }

  private int numBlocks(int position) {
    return position / blockSize - firstBlock(position) + 1;
  }
}
