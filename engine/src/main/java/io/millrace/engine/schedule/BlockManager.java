package io.millrace.engine.schedule;

import java.util.BitSet;
import java.util.stream.Stream;

/**
 * The manager of the KV cache's blocks: knows the owners of each (PagedAttention,
 * arXiv:2309.06180). Blocks with low numbers are handed out first, so that the used part of the
 * cache stays dense and attention can read it as one piece; only when no other is left, one that
 * the prefix cache keeps.
 */
public final class BlockManager {
  /*
   * A block may have several owners: sequences with the same beginning, and a sequence with its
   * forks. It is written only by a sole owner, and only behind the tokens that the prefix cache
   * knows of it, so what a reader finds is what it was given. A sequence that has to write into
   * such a block gets a fresh one and a BlockCopy, which pins the old one: it is not handed out
   * again before the copy is surely made, even if its other owners leave within the same step. So
   * does a sequence that begins with a part of a block.
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
   * @param prefixCaching whether what was computed is kept and found again
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

  /** Takes back the blocks behind a sequence's last token, which proposed ones had. */
  void trim(Sequence sequence) {
    while (sequence.numBlocks() > blocksFor(sequence.numTokens())) {
      disown(sequence.blocks().removeLast(), sequence);
    }
  }

  /** The cached blocks that a sequence without blocks can begin with. */
  CachedPrefix cachedPrefix(Sequence sequence) {
    return prefixCaching && sequence.readsPrefixCache()
        ? cache.prefix(sequence)
        : CachedPrefix.NONE;
  }

  /** Whether there are blocks for so many tokens of a sequence that begins with cached ones. */
  boolean canAdmit(CachedPrefix prefix, int numTokens) {
    Stream<CachedBlock> used =
        Stream.concat(prefix.blocks().stream(), Stream.ofNullable(prefix.copied()));
    int idle = (int) used.filter(cache::isIdle).count();
    return canAllocate(blocksFor(numTokens) - prefix.blocks().size() + idle);
  }

  /** Lets a sequence without blocks begin with cached ones, whose tokens count as computed. */
  void admit(Sequence sequence, CachedPrefix prefix) {
    for (CachedBlock block : prefix.blocks()) {
      cache.wake(block);
      owners[block.block()]++;
      sequence.blocks().add(block.block());
    }
    CachedBlock copied = prefix.copied();
    if (copied != null) {
      cache.wake(copied);
      sequence.blocks().add(copyFirst(sequence, copied.block()));
    }
    // A preempted one finds its own blocks, which says nothing about how alike requests are.
    if (prefixCaching && sequence.readsPrefixCache() && !sequence.wasAdmitted()) {
      cache.count(sequence.numTokens(), prefix.numTokens());
    }
    sequence.admit(prefix.numTokens());
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
   * full now can be found, as can all of its prompt.
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
    int prompt = sequence.numPromptTokens();
    if (from < prompt && prompt <= sequence.numComputedTokens()) {
      cache.publishPart(sequence);
    }
  }

  /** Takes all blocks of a sequence back. */
  void release(Sequence sequence) {
    // Before its copy is made, a block holds something else than the sequence's tokens.
    if (prefixCaching && sequence.copy() == null) {
      cache.publishPart(sequence);
    }
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

  /** Whether a block must not be written from there on, because others read it or may come to. */
  boolean isShared(int block, int offset) {
    return owners[block] > 1 || offset < cache.numKnownTokens(block);
  }

  PrefixCache cache() {
    return cache;
  }

  /** Whether the next token belongs into a block that is there and shared. */
  private boolean mustCopy(Sequence sequence) {
    int computed = sequence.numComputedTokens();
    int index = computed / blockSize;
    return index < sequence.numBlocks() && isShared(sequence.block(index), computed % blockSize);
  }

  private void copyOnWrite(Sequence sequence) {
    int index = sequence.numComputedTokens() / blockSize;
    int from = sequence.block(index);
    sequence.blocks().set(index, copyFirst(sequence, from));
    disown(from, sequence);
  }

  /** Takes a block for a sequence, into which another one's content is copied first. */
  private int copyFirst(Sequence sequence, int from) {
    pins[from]++;
    int to = take(sequence);
    sequence.copyFirst(new BlockCopy(from, to));
    return to;
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
    int forgotten = cache.rest(block);
    if (forgotten >= 0) {
      free.set(forgotten);
    }
  }

  private int blocksFor(int numTokens) {
    return (numTokens + blockSize - 1) / blockSize;
  }
}
