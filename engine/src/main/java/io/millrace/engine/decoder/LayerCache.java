package io.millrace.engine.decoder;

import io.millrace.engine.simd.Lanes;
import java.nio.ByteBuffer;

/**
 * One layer's keys and values in native memory, in blocks (PagedAttention, arXiv:2309.06180).
 *
 * <p>A head's part of a block is copied before it is computed with: vectors are loaded from Java's
 * heap on all versions of Java, from elsewhere in a different way on each.
 */
public interface LayerCache {

  /** A factory of layer caches over memory that is there. */
  @FunctionalInterface
  interface Factory {
    LayerCache of(ByteBuffer keys, ByteBuffer values, int kvHeads, int blockSize, int headDim);
  }

  /** Columns of a panel, by which matrices are multiplied: two vectors. */
  int PANEL = 2 * Lanes.COUNT;

  /**
   * The scratch memory of one thread.
   *
   * @param numbers room for a head's part of a block
   * @param words for half as many words
   */
  record Scratch(float[] numbers, int[] words) {
    /** Scratch memory for blocks of a size. */
    public static Scratch of(int blockSize, int headDim) {
      int numbers = blockSize * padded(headDim);
      return new Scratch(new float[numbers], new int[numbers / 2]);
    }
  }

  /** Numbers of a row that holds a head, rounded up to whole panels. */
  static int padded(int headDim) {
    return (headDim + PANEL - 1) / PANEL * PANEL;
  }

  /** Whether blocks of this size are whole vectors, so that they can be computed with. */
  static boolean takes(int blockSize) {
    return blockSize % Lanes.COUNT == 0;
  }

  /** Tokens of a block. */
  int blockSize();

  /** Writes a token's key and value of one head. */
  void write(int block, int head, int offset, float[] from, int keyAt, int valueAt);

  /**
   * Lays out a query as {@link #multiplyKeys} takes it.
   *
   * @param from [headDim]
   * @param into [{@link #padded}]
   */
  void layOutQuery(float[] from, int at, float[] into, int intoAt);

  /**
   * Adds the products of queries and a block's keys of one head to scores: y += x * keys.
   *
   * @param x [rows, {@link #padded}] queries, laid out, from {@code xAt} on
   * @param y [rows, yStride] scores of the block's tokens from {@code yAt} on
   */
  void multiplyKeys(
      int block,
      int head,
      int rows,
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch);

  /**
   * Adds the products of weights and a block's values of one head to sums: y += x * values.
   *
   * @param x [rows, xStride] weights of the block's tokens from {@code xAt} on
   * @param y [rows, {@link #padded}] sums, in the order of {@link #place}
   */
  void multiplyValues(
      int block,
      int head,
      int rows,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      Scratch scratch);

  /** Index at which {@link #multiplyValues} puts a number of a value. */
  int place(int index);

  /**
   * Reads the keys of one head of a block, panel by panel: [blockSize / PANEL, headDim, PANEL].
   *
   * @param scratch whose numbers they become
   */
  void readKeyPanels(int block, int head, Scratch scratch);

  /**
   * Reads the values of one head of a block, panel by panel: [headDim / PANEL, blockSize, PANEL].
   * What is behind the head's numbers in the last panel is not written.
   *
   * @param scratch whose numbers they become
   */
  void readValuePanels(int block, int head, Scratch scratch);
}
