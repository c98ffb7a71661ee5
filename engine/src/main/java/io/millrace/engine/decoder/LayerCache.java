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

  /** Makes a layer's cache in memory that is there. */
  @FunctionalInterface
  interface Factory {
    LayerCache of(ByteBuffer keys, ByteBuffer values, int kvHeads, int blockSize, int headDim);
  }

  /** Whether blocks of this size can be read: they are whole vectors. */
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
   * @param words room for half of them
   */
  void readKeys(int block, float[] into, int[] words);

  /**
   * Reads a block's values, [kvHeads, blockSize, headDim padded to whole vectors].
   *
   * @param words room for half of them
   */
  void readValues(int block, float[] into, int[] words);

  /** Where a value's number lies as it is read. */
  int place(int index);
}
