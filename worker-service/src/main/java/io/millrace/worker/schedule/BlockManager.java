package io.millrace.worker.schedule;

import java.util.BitSet;

/**
 * Who owns which block of the KV cache (PagedAttention, arXiv:2309.06180). Blocks with low numbers
 * are handed out first, so that the used part of the cache stays dense and attention can read it as
 * one piece.
 */
public final class BlockManager {
  private final int numBlocks;
  private final int blockSize;
  private final BitSet free;

  /**
   * @param numBlocks blocks in the cache
   * @param blockSize tokens a block
   */
  public BlockManager(int numBlocks, int blockSize) {
    if (numBlocks < 1 || blockSize < 1) {
      throw new IllegalArgumentException(numBlocks + " blocks of " + blockSize + " tokens");
    }
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    this.free = new BitSet(numBlocks);
    free.set(0, numBlocks);
  }

  public int blockSize() {
    return blockSize;
  }

  public int numBlocks() {
    return numBlocks;
  }

  public int numFreeBlocks() {
    return free.cardinality();
  }

  /** Tokens that a single sequence can have at most. */
  public long capacity() {
    return (long) numBlocks * blockSize;
  }

  /** Blocks that {@code sequence} lacks to hold {@code numTokens} tokens. */
  int missing(Sequence sequence, int numTokens) {
    return Math.max(0, (numTokens + blockSize - 1) / blockSize - sequence.numBlocks());
  }

  boolean canAllocate(int count) {
    return count <= free.cardinality();
  }

  /** Gives the sequence the blocks that it lacks to hold {@code numTokens} tokens. */
  void allocate(Sequence sequence, int numTokens) {
    for (int count = missing(sequence, numTokens); count > 0; count--) {
      int block = free.nextSetBit(0);
      if (block < 0) {
        throw new IllegalStateException("no free block for " + sequence);
      }
      free.clear(block);
      sequence.blocks().add(block);
    }
  }

  /** Takes all blocks back. */
  void release(Sequence sequence) {
    IntList blocks = sequence.blocks();
    while (blocks.size() > 0) {
      int block = blocks.removeLast();
      if (free.get(block)) {
        throw new IllegalStateException("block " + block + " of " + sequence + " was free already");
      }
      free.set(block);
    }
  }
}
