package io.millrace.engine.schedule;

import java.util.BitSet;
import java.util.List;

/**
 * The manager of the KV cache's blocks: knows the owners of each (PagedAttention,
 * arXiv:2309.06180). Blocks with low numbers are handed out first, so that the used part of the
 * cache stays dense and attention can read it as one piece; only when no other is left, one that
 * the prefix cache keeps.
 */
public final class BlockManager {
  /*
   * A block may have several owners: sequences with the same beginning, and a sequence with its
   * forks. It is written only by a sole owner, and never while the prefix cache knows it, so what
   * a reader finds is what it was given. A sequence that has to write into such a block gets a
   * fresh one and a BlockCopy, which pins the old one: it is not handed out again before the copy
   * is surely made, even if its other owners leave within the same step.
   */
  private final int numBlocks;
  private final int blockSize;
  private final boolean prefixCaching;
  private final PrefixCache cache;
  private final BitSet free;
  private final int[] owners;
  private final int[] pins;

  /** A manager without a prefix cache: it keeps nothing of sequences that have ended. */
  public BlockManager(int numBlocks, int blockSize) {
    this(numBlocks, blockSize, false);
  }

  /**
   * @param numBlocks blocks in the cache
   * @param blockSize tokens a block
   * @param prefixCaching whether full blocks are kept and found again
   */
  public BlockManager(int numBlocks, int blockSize, boolean prefixCaching) {
    if (numBlocks < 1 || blockSize < 1) {
      throw new IllegalArgumentException(numBlocks + " blocks of " + blockSize + " tokens");
    }
    this.numBlocks = numBlocks;
    this.blockSize = blockSize;
    this.prefixCaching = prefixCaching;
    this.cache = new PrefixCache(numBlocks, blockSize);
    this.owners = new int[numBlocks];
    this.pins = new int[numBlocks];
    this.free = new BitSet(numBlocks);
    free.set(0, numBlocks);
  }

  public int blockSize() {
    return blockSize;
  }

  public int numBlocks() {
    return numBlocks;
  }

  /** Blocks that no sequence uses, those that the prefix cache keeps included. */
  public int numFreeBlocks() {
    return free.cardinality() + cache.numIdle();
  }

  /** Tokens that a single sequence can have at most. */
  public long capacity() {
    return (long) numBlocks * blockSize;
  }

  /** Tokens that were looked for in the prefix cache so far. */
  public long prefixCacheQueries() {
    return cache.queries();
  }

  /** Tokens that were found in the prefix cache so far. */
  public long prefixCacheHits() {
    return cache.hits();
  }

  /** Blocks that {@code sequence} lacks to be computed up to {@code numTokens} tokens. */
  int missing(Sequence sequence, int numTokens) {
    int copied = mustCopy(sequence) ? 1 : 0;
    return Math.max(0, blocksFor(numTokens) - sequence.numBlocks()) + copied;
  }

  boolean canAllocate(int count) {
    return count <= numFreeBlocks();
  }

  /** Gives the sequence the blocks that it lacks to be computed up to {@code numTokens} tokens. */
  void allocate(Sequence sequence, int numTokens) {
    if (mustCopy(sequence)) {
      copyOnWrite(sequence);
    }
    while (sequence.numBlocks() < blocksFor(numTokens)) {
      sequence.blocks().add(take(sequence));
    }
  }

  /** The cached blocks that a sequence without blocks can begin with. */
  List<CachedBlock> cachedPrefix(Sequence sequence) {
    return prefixCaching && sequence.readsPrefixCache() ? cache.prefix(sequence) : List.of();
  }

  /** Whether there are blocks for so many tokens of a sequence that begins with cached ones. */
  boolean canAdmit(List<CachedBlock> prefix, int numTokens) {
    int idle = (int) prefix.stream().filter(cache::isIdle).count();
    return canAllocate(blocksFor(numTokens) - prefix.size() + idle);
  }

  /** Lets a sequence without blocks begin with cached ones, whose tokens count as computed. */
  void admit(Sequence sequence, List<CachedBlock> prefix) {
    for (CachedBlock block : prefix) {
      cache.wake(block);
      owners[block.block()]++;
      sequence.blocks().add(block.block());
    }
    int found = prefix.size() * blockSize;
    // A preempted one finds its own blocks, which says nothing about how alike requests are.
    if (prefixCaching && sequence.readsPrefixCache() && !sequence.wasAdmitted()) {
      cache.count(sequence.numTokens(), found);
    }
    sequence.admit(found);
  }

  /** Makes a fork own all blocks that its parent has computed. */
  void share(Sequence parent, Sequence child) {
    for (int i = 0; i < blocksFor(child.numComputedTokens()); i++) {
      owners[parent.block(i)]++;
      child.blocks().add(parent.block(i));
    }
  }

  /**
   * Notes that a step has computed a sequence's tokens: its copy is made, and the blocks that are
   * full now can be found.
   *
   * @param from position of the step's first token
   */
  void completed(Sequence sequence, int from) {
    unpin(sequence);
    if (!prefixCaching) {
      return;
    }
    for (int i = from / blockSize; i < sequence.numComputedTokens() / blockSize; i++) {
      CachedBlock cached = cache.publish(sequence, i);
      int own = sequence.block(i);
      if (cached.block() != own) {
        // The same is there already, from a sequence that was computed at the same time.
        cache.wake(cached);
        owners[cached.block()]++;
        sequence.blocks().set(i, cached.block());
        disown(own, sequence);
      }
    }
  }

  /** Takes all blocks of a sequence back. */
  void release(Sequence sequence) {
    unpin(sequence);
    IntList blocks = sequence.blocks();
    while (blocks.size() > 0) {
      disown(blocks.removeLast(), sequence);
    }
  }

  /** Number of sequences that own a block. */
  int owners(int block) {
    return owners[block];
  }

  /** Whether a block must not be written, because others read it or may come to. */
  boolean isShared(int block) {
    return owners[block] > 1 || cache.holds(block);
  }

  PrefixCache cache() {
    return cache;
  }

  /** Whether the next token belongs into a block that is there and shared. */
  private boolean mustCopy(Sequence sequence) {
    int index = sequence.numComputedTokens() / blockSize;
    return index < sequence.numBlocks() && isShared(sequence.block(index));
  }

  private void copyOnWrite(Sequence sequence) {
    int index = sequence.numComputedTokens() / blockSize;
    int from = sequence.block(index);
    int to = take(sequence);
    pins[from]++;
    sequence.copyFirst(new BlockCopy(from, to));
    sequence.blocks().set(index, to);
    disown(from, sequence);
  }

  private void unpin(Sequence sequence) {
    BlockCopy copy = sequence.copy();
    if (copy != null) {
      sequence.copyFirst(null);
      pins[copy.from()]--;
      freeIfUnused(copy.from());
    }
  }

  private int take(Sequence sequence) {
    if (!canAllocate(1)) {
      throw new IllegalStateException("no free block for " + sequence);
    }
    int block = free.isEmpty() ? cache.evict() : free.nextSetBit(0);
    free.clear(block);
    owners[block] = 1;
    return block;
  }

  private void disown(int block, Sequence sequence) {
    if (owners[block] < 1) {
      throw new IllegalStateException("block " + block + " of " + sequence + " was free already");
    }
    owners[block]--;
    freeIfUnused(block);
  }

  private void freeIfUnused(int block) {
    if (owners[block] > 0 || pins[block] > 0) {
      return;
    }
    if (cache.holds(block)) {
      cache.rest(block);
    } else {
      free.set(block);
    }
  }

  private int blocksFor(int numTokens) {
    return (numTokens + blockSize - 1) / blockSize;
  }
}
