package io.millrace.engine.decoder;

import io.millrace.engine.simd.Lanes;
import java.nio.ByteBuffer;

/**
 * One layer's keys and values in native memory, in blocks (PagedAttention, arXiv:2309.06180).
 *
 * <p>A block is copied before it is computed with: vectors are loaded from Java's heap on all
 * versions of Java, from elsewhere in a different way on each.
 */
public interface LayerCache {

  /** A factory of layer caches over memory that is there. */
  @FunctionalInterface
  interface Factory {
    LayerCache of(ByteBuffer keys, ByteBuffer values, int kvHeads, int blockSize, int headDim);
  }

  /** Whether blocks of this size are whole vectors, so that they can be read. */
  static boolean takes(int blockSize) {
    return blockSize % Lanes.COUNT == 0;
  }

  /** Tokens of a block. */
  int blockSize();

  /** Writes a token's key and value of one head. */
  void write(int block, int head, int offset, float[] from, int keyAt, int valueAt);

  /**
   * Reads a block's keys, [kvHeads, headDim, blockSize].
   *
   * @param words scratch memory for half as many words
   */
  void readKeys(int block, float[] into, int[] words);

  /**
   * Reads a block's values, [kvHeads, blockSize, headDim padded to whole vectors].
   *
   * @param words scratch memory for half as many words
   */
  void readValues(int block, float[] into, int[] words);

  /** Index at which {@link #readValues} puts a number of a value. */
  int place(int index);
}
