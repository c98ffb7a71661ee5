package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A layer's cache beside its content in plain arrays, and attention over these. */
public final class PlainCache {
  private final DecoderShape shape;
  private final int blockSize;
  private final boolean narrow;
  private final LayerCache cache;
  private final float[][][] keys;
  private final float[][][] values;

  /** Full of numbers, as those that another sequence left behind. */
  PlainCache(DecoderShape shape, int numBlocks, int blockSize, boolean narrow, Random random) {
    this.shape = shape;
    this.blockSize = blockSize;
    this.narrow = narrow;
    int numbers = numBlocks * shape.kvHeads() * blockSize * shape.headDim();
    ByteBuffer keyBytes = ByteBuffer.allocateDirect(numbers * Float.BYTES);
    ByteBuffer valueBytes =
        ByteBuffer.allocateDirect(numbers * (narrow ? Short.BYTES : Float.BYTES));
    this.cache =
        new TransposedCache(
            keyBytes, valueBytes, narrow, shape.kvHeads(), blockSize, shape.headDim());
    this.keys = new float[numBlocks * blockSize][shape.kvHeads()][];
    this.values = new float[numBlocks * blockSize][shape.kvHeads()][];
    for (int slot = 0; slot < numBlocks * blockSize; slot++) {
      for (int head = 0; head < shape.kvHeads(); head++) {
        write(slot, head, random);
      }
    }
  }

  /** Blocks in no order, one table a row, and none in two. */
  public static int[][] scattered(int[] lengths, int blockSize, Random random) {
    List<Integer> blocks = new ArrayList<>();
    for (int i = 0; i < numBlocks(lengths, blockSize); i++) {
      blocks.add(i);
    }
    Collections.shuffle(blocks, random);
    int[][] tables = new int[lengths.length][];
    int next = 0;
    for (int row = 0; row < lengths.length; row++) {
      tables[row] = new int[numBlocks(new int[] {lengths[row]}, blockSize)];
      for (int i = 0; i < tables[row].length; i++) {
        tables[row][i] = blocks.get(next++);
      }
    }
    return tables;
  }

  public static int numBlocks(int[] lengths, int blockSize) {
    int blocks = 0;
    for (int length : lengths) {
      blocks += (length + blockSize - 1) / blockSize;
    }
    return blocks;
  }

  LayerCache cache() {
    return cache;
  }

  /** What a head's query finds, seen from a position. */
  double[] attention(float[] query, int head, int position, int[] table) {
    int first = shape.window() > 0 ? Math.max(0, position - shape.window() + 1) : 0;
    int kvHead = head * shape.kvHeads() / shape.heads();
    double[] sums = new double[shape.headDim()];
    double total = 0;
    double[] scores = new double[position + 1];
    double top = Double.NEGATIVE_INFINITY;
    for (int i = first; i <= position; i++) {
      scores[i] = dot(query, keys[slot(table, i)][kvHead]);
      if (shape.slopes().length > 0) {
        scores[i] -= shape.slopes()[head] * (double) (position - i);
      }
      top = Math.max(top, scores[i]);
    }
    for (int i = first; i <= position; i++) {
      double weight = Math.exp(scores[i] - top);
      total += weight;
      for (int j = 0; j < sums.length; j++) {
        sums[j] += weight * values[slot(table, i)][kvHead][j];
      }
    }
    for (int j = 0; j < sums.length; j++) {
      sums[j] /= total;
    }
    return sums;
  }

  private void write(int slot, int head, Random random) {
    int width = shape.headDim();
    float[] both = new float[2 * width + 3];
    for (int i = 0; i < both.length; i++) {
      both[i] = (float) random.nextGaussian();
    }
    cache.write(slot / blockSize, head, slot % blockSize, both, 1, width + 2);
    keys[slot][head] = new float[width];
    values[slot][head] = new float[width];
    for (int i = 0; i < width; i++) {
      keys[slot][head][i] = both[1 + i];
      float value = both[width + 2 + i];
      values[slot][head][i] = narrow ? PlainMatrix.bfloat16(value) : value;
    }
  }

  private int slot(int[] table, int position) {
    return table[position / blockSize] * blockSize + position % blockSize;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
