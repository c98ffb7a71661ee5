package io.millrace.engine.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prefix cache: full blocks by their content, so that a sequence which begins with the same
 * tokens need not compute them. A block that no sequence uses any more is idle: it stays until its
 * place is needed, the one that was idle for the longest going first.
 */
final class PrefixCache {
  private final int blockSize;
  private final Map<CachedBlock, CachedBlock> byContent = new HashMap<>();
  private final @Nullable CachedBlock[] byNumber;
  private final LinkedHashSet<CachedBlock> idle = new LinkedHashSet<>();
  private long queries;
  private long hits;

  PrefixCache(int numBlocks, int blockSize) {
    this.blockSize = blockSize;
    this.byNumber = new CachedBlock[numBlocks];
  }

  /** The longest run of blocks that holds the sequence's first tokens, but not its last one. */
  List<CachedBlock> prefix(Sequence sequence) {
    List<CachedBlock> found = new ArrayList<>();
    CachedBlock last = null;
    for (int index = 0; index < (sequence.numTokens() - 1) / blockSize; index++) {
      last = byContent.get(content(last, sequence, index, -1));
      if (last == null) {
        break;
      }
      found.add(last);
    }
    return found;
  }

  /** Counts a look-up, in tokens. */
  void count(int asked, int found) {
    queries += asked;
    hits += found;
  }

  /**
   * Makes a block of a sequence findable.
   *
   * @param index its place in the sequence's block table; the block before it is cached
   * @return the block that holds this content from now on, another one if that was there first
   */
  CachedBlock publish(Sequence sequence, int index) {
    CachedBlock before = index == 0 ? null : byNumber[sequence.block(index - 1)];
    if (index > 0 && before == null) {
      throw new IllegalStateException(
          "block %d of %s is not cached".formatted(index - 1, sequence));
    }
    CachedBlock block = content(before, sequence, index, sequence.block(index));
    CachedBlock first = byContent.putIfAbsent(block, block);
    if (first != null) {
      return first;
    }
    byNumber[block.block()] = block;
    return block;
  }

  boolean holds(int block) {
    return byNumber[block] != null;
  }

  @Nullable CachedBlock at(int block) {
    return byNumber[block];
  }

  boolean isIdle(CachedBlock block) {
    return idle.contains(block);
  }

  int numIdle() {
    return idle.size();
  }

  /** Marks a block as idle, because no sequence uses it any more. */
  void rest(int block) {
    CachedBlock cached = byNumber[block];
    if (cached != null) {
      idle.add(cached);
    }
  }

  /** Marks a block as used again. */
  void wake(CachedBlock block) {
    idle.remove(block);
  }

  /**
   * Forgets the block that was idle for the longest. Sequences let go of their last block first, so
   * what follows a block is never kept longer than the block itself.
   */
  int evict() {
    CachedBlock oldest = idle.iterator().next();
    idle.remove(oldest);
    byContent.remove(oldest);
    byNumber[oldest.block()] = null;
    return oldest.block();
  }

  long queries() {
    return queries;
  }

  long hits() {
    return hits;
  }

  private CachedBlock content(
      @Nullable CachedBlock before, Sequence sequence, int index, int block) {
    int[] tokens = sequence.tokens(index * blockSize, (index + 1) * blockSize);
    return new CachedBlock(before, tokens, block);
  }
}
