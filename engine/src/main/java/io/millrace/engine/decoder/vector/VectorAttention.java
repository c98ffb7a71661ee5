package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;

import io.millrace.engine.decoder.AttentionMask;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.simd.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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
    private final float[] block = new float[shape.kvHeads() * blockSize * width];
    private final int[] words = new int[block.length / 2];
    private final float[] scores = new float[shape.heads() * MOST_BLOCKS * blockSize];
  }

  /**
   * @param batchInvariant whether contexts are split in the same places whatever else is computed
   */
  VectorAttention(DecoderShape shape, int blockSize, boolean batchInvariant, int threads) {
    this.shape = shape;
    this.mask = new AttentionMask(shape);
    this.blockSize = blockSize;
    this.batchInvariant = batchInvariant;
    this.width = Lanes.padded(shape.headDim());
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
    for (int i = begin; i < end; i++) {
      cache.readKeys(table[i], use.block, use.words);
      score(use, queries, row * stride, (i - begin) * blockSize);
    }
    for (int head = 0; head < shape.heads(); head++) {
      mask.apply(
          use.scores,
          scoresAt(head),
          head,
          positions[row],
          begin * blockSize,
          (end - begin) * blockSize);
      exponentiate(use.scores, scoresAt(head), (end - begin) * blockSize, vector(part, head));
    }
    Arrays.fill(sums, vector(part, 0) * width, vector(part + 1, 0) * width, 0);
    for (int i = begin; i < end; i++) {
      cache.readValues(table[i], use.block, use.words);
      addValues(use, (i - begin) * blockSize, part);
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
  private void score(Scratch use, float[] queries, int queriesAt, int within) {
    int headDim = shape.headDim();
    int pairs = blockSize % (2 * Lanes.COUNT) == 0 ? shape.group() / 2 * 2 : 0;
    for (int head = 0; head < shape.heads(); head++) {
      int keys = head / shape.group() * headDim * blockSize;
      int query = queriesAt + head * headDim;
      int into = scoresAt(head) + within;
      if (head % shape.group() < pairs) {
        for (int token = 0; token < blockSize; token += 2 * Lanes.COUNT) {
          scoreTwo(use, keys + token, queries, query, into + token);
        }
        head++;
      } else {
        for (int token = 0; token < blockSize; token += Lanes.COUNT) {
          scoreOne(use, keys + token, queries, query, into + token);
        }
      }
    }
  }

  /**
   * Scores of one head and a vector of keys, in two sums, or one addition would wait for the other.
   */
  private void scoreOne(Scratch use, int keysAt, float[] queries, int query, int into) {
    float[] keys = use.block;
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    int at = keysAt;
    for (int i = 0; i < shape.headDim(); i += 2) {
      FloatVector q = FloatVector.broadcast(FLOATS, queries[query + i]);
      a = FloatVector.fromArray(FLOATS, keys, at).fma(q, a);
      FloatVector r = FloatVector.broadcast(FLOATS, queries[query + i + 1]);
      b = FloatVector.fromArray(FLOATS, keys, at + blockSize).fma(r, b);
      at += 2 * blockSize;
    }
    a.add(b).intoArray(use.scores, into);
  }

  /** Scores of two heads that share their keys, and two vectors of these. */
  private void scoreTwo(Scratch use, int keysAt, float[] queries, int query, int into) {
    float[] keys = use.block;
    int other = query + shape.headDim();
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    FloatVector c = FloatVector.zero(FLOATS);
    FloatVector d = FloatVector.zero(FLOATS);
    int at = keysAt;
    for (int i = 0; i < shape.headDim(); i++) {
      FloatVector k = FloatVector.fromArray(FLOATS, keys, at);
      FloatVector l = FloatVector.fromArray(FLOATS, keys, at + Lanes.COUNT);
      FloatVector q = FloatVector.broadcast(FLOATS, queries[query + i]);
      a = k.fma(q, a);
      b = l.fma(q, b);
      FloatVector r = FloatVector.broadcast(FLOATS, queries[other + i]);
      c = k.fma(r, c);
      d = l.fma(r, d);
      at += blockSize;
    }
    a.intoArray(use.scores, into);
    b.intoArray(use.scores, into + Lanes.COUNT);
    c.intoArray(use.scores, into + scoresAt(1));
    d.intoArray(use.scores, into + scoresAt(1) + Lanes.COUNT);
  }

  private void exponentiate(float[] scores, int at, int count, int vector) {
    FloatVector tallest = FloatVector.fromArray(FLOATS, scores, at);
    for (int i = at + Lanes.COUNT; i < at + count; i += Lanes.COUNT) {
      tallest = tallest.max(FloatVector.fromArray(FLOATS, scores, i));
    }
    float top = tallest.reduceLanes(VectorOperators.MAX);
    FloatVector total = FloatVector.zero(FLOATS);
    for (int i = at; i < at + count; i += Lanes.COUNT) {
      FloatVector weight = Lanes.exp(FloatVector.fromArray(FLOATS, scores, i).sub(top));
      weight.intoArray(scores, i);
      total = total.add(weight);
    }
    tops[vector] = top;
    totals[vector] = total.reduceLanes(VectorOperators.ADD);
  }

  private void addValues(Scratch use, int within, int part) {
    int wide = 4 * Lanes.COUNT;
    for (int head = 0; head < shape.heads(); head++) {
      int values = head / shape.group() * blockSize * width;
      int weights = scoresAt(head) + within;
      int into = vector(part, head) * width;
      int i = 0;
      for (; i + wide <= width; i += wide) {
        addFour(use, weights, values + i, into + i);
      }
      for (; i < width; i += Lanes.COUNT) {
        addOne(use, weights, values + i, into + i);
      }
    }
  }

  private void addOne(Scratch use, int weights, int values, int into) {
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, into);
    for (int token = 0; token < blockSize; token++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, use.scores[weights + token]);
      sum = FloatVector.fromArray(FLOATS, use.block, values + token * width).fma(weight, sum);
    }
    sum.intoArray(sums, into);
  }

  private void addFour(Scratch use, int weights, int values, int into) {
    float[] block = use.block;
    float[] scores = use.scores;
    FloatVector a = FloatVector.fromArray(FLOATS, sums, into);
    FloatVector b = FloatVector.fromArray(FLOATS, sums, into + Lanes.COUNT);
    FloatVector c = FloatVector.fromArray(FLOATS, sums, into + 2 * Lanes.COUNT);
    FloatVector d = FloatVector.fromArray(FLOATS, sums, into + 3 * Lanes.COUNT);
    int at = values;
    for (int token = 0; token < blockSize; token++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, scores[weights + token]);
      a = FloatVector.fromArray(FLOATS, block, at).fma(weight, a);
      b = FloatVector.fromArray(FLOATS, block, at + Lanes.COUNT).fma(weight, b);
      c = FloatVector.fromArray(FLOATS, block, at + 2 * Lanes.COUNT).fma(weight, c);
      d = FloatVector.fromArray(FLOATS, block, at + 3 * Lanes.COUNT).fma(weight, d);
      at += width;
    }
    a.intoArray(sums, into);
    b.intoArray(sums, into + Lanes.COUNT);
    c.intoArray(sums, into + 2 * Lanes.COUNT);
    d.intoArray(sums, into + 3 * Lanes.COUNT);
  }

  private int scoresAt(int head) {
    return head * MOST_BLOCKS * blockSize;
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
