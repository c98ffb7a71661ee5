package io.millrace.engine.schedule;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The prefix cache: blocks by their content, so that a sequence which begins with the same tokens
 * need not compute them. A block that no sequence uses any more is idle: it stays until its place
 * is needed, the one that was idle for the longest going first.
 *
 * <p>The last block of a text is full in part only. Such parts are kept as well, so that short
 * beginnings are found, but few of them at a time: every text leaves one.
 */
final class PrefixCache {
  /** Of so many blocks, one may be an idle part. */
  private static final int BLOCKS_PER_PART = 8;

  /** What is shorter than this share of a block is not worth a copy. */
  private static final int SHORTEST_PART = 8;

  private static final int NO_BLOCK = -1;

  private final int blockSize;
  private final int shortestPart;
  private final int maxIdleParts;
  private final NavigableSet<CachedBlock> byContent = new TreeSet<>(CachedBlock.BY_CONTENT);
  private final @Nullable CachedBlock[] byNumber;
  private final LinkedHashSet<CachedBlock> idle = new LinkedHashSet<>();
  private final LinkedHashSet<CachedBlock> idleParts = new LinkedHashSet<>();
  private long lastId;
  private long queries;
  private long hits;

  PrefixCache(int numBlocks, int blockSize) {
    this.blockSize = blockSize;
    this.shortestPart = Math.max(1, blockSize / SHORTEST_PART);
    this.maxIdleParts = Math.max(1, numBlocks / BLOCKS_PER_PART);
    this.byNumber = new CachedBlock[numBlocks];
  }

  /** The longest beginning of a sequence that is cached, without its last token. */
  CachedPrefix prefix(Sequence sequence) {
    List<CachedBlock> whole = new ArrayList<>();
    CachedBlock last = null;
    int end = sequence.numTokens() - 1;
    for (int from = 0; from < end; from += blockSize) {
      int[] tokens = sequence.tokens(from, Math.min(end, from + blockSize));
      CachedBlock wanted = new CachedBlock(0, last, tokens, NO_BLOCK);
      last = nearest(wanted);
      int common = last == null ? 0 : last.numCommonTokens(wanted);
      if (last == null || common < blockSize) {
        return prefix(whole, last, common);
      }
      whole.add(last);
    }
    return prefix(whole, null, 0);
  }

  private CachedPrefix prefix(List<CachedBlock> whole, @Nullable CachedBlock next, int common) {
    int found = whole.size() * blockSize;
    if (next == null || common < shortestPart) {
      return new CachedPrefix(whole, null, found);
    }
    if (common == next.numTokens() && isIdle(next)) {
      // It can be written on where it ends.
      whole.add(next);
      return new CachedPrefix(whole, null, found + common);
    }
    return new CachedPrefix(whole, next, found + common);
  }

  /** The block with the longest common beginning, of equal ones the shortest. */
  private @Nullable CachedBlock nearest(CachedBlock wanted) {
    CachedBlock below = byContent.floor(wanted);
    CachedBlock above = byContent.higher(wanted);
    if (below == null || above == null) {
      return below == null ? above : below;
    }
    return above.numCommonTokens(wanted) > below.numCommonTokens(wanted) ? above : below;
  }

  /** Counts a look-up, in tokens. */
  void count(int asked, int found) {
    queries += asked;
    hits += found;
  }

  /**
   * Makes a full block of a sequence findable.
   *
   * @param index its place in the sequence's block table; the block before it is cached
   * @return the block that holds this content from now on, another one if that was there first
   */
  CachedBlock publish(Sequence sequence, int index) {
    CachedBlock block = content(sequence, index, (index + 1) * blockSize);
    CachedBlock known = byNumber[block.block()];
    if (known != null && known.numTokens() < blockSize) {
      forget(known);
    }
    CachedBlock first = byContent.floor(block);
    if (first != null && first.covers(block)) {
      return first;
    }
    put(block);
    return block;
  }

  /** Makes the last block of a sequence findable if it is full in part. */
  void publishPart(Sequence sequence) {
    int computed = sequence.numComputedTokens();
    if (computed % blockSize < shortestPart) {
      return;
    }
    CachedBlock part = content(sequence, computed / blockSize, computed);
    CachedBlock known = byNumber[part.block()];
    if ((known != null && known.numTokens() >= part.numTokens()) || isCovered(part)) {
      return;
    }
    if (known != null) {
      forget(known);
    }
    put(part);
  }

  /** How many of a block's first tokens are known, and must stay as they are. */
  int numKnownTokens(int block) {
    CachedBlock cached = byNumber[block];
    return cached == null ? 0 : cached.numTokens();
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

  /**
   * Marks a block as idle, because no sequence uses it any more, if it is worth to be kept.
   *
   * @return the number of a block that is not kept, this one or another; -1 for none
   */
  int rest(int number) {
    CachedBlock block = byNumber[number];
    if (block == null) {
      return number;
    }
    boolean isPart = block.numTokens() < blockSize;
    if (isPart && isCovered(block)) {
      return forget(block);
    }
    idle.add(block);
    if (isPart && idleParts.add(block) && idleParts.size() > maxIdleParts) {
      return forget(idleParts.iterator().next());
    }
    return NO_BLOCK;
  }

  /** Marks a block as used again. */
  void wake(CachedBlock block) {
    idle.remove(block);
    idleParts.remove(block);
  }

  /**
   * Forgets the block that was idle for the longest. Sequences let go of their last block first, so
   * what follows a block is never kept longer than the block itself.
   */
  int evict() {
    return forget(idle.iterator().next());
  }

  long queries() {
    return queries;
  }

  long hits() {
    return hits;
  }

  /** Whether another block holds all that this one does. */
  private boolean isCovered(CachedBlock part) {
    // What begins with some tokens comes right behind them.
    CachedBlock same = byContent.floor(part);
    CachedBlock longer = byContent.higher(part);
    return (same != null && same != part && same.covers(part))
        || (longer != null && longer.covers(part));
  }

  private void put(CachedBlock block) {
    byContent.add(block);
    byNumber[block.block()] = block;
  }

  private int forget(CachedBlock block) {
    wake(block);
    byContent.remove(block);
    byNumber[block.block()] = null;
    return block.block();
  }

  private CachedBlock content(Sequence sequence, int index, int end) {
    CachedBlock before = index == 0 ? null : byNumber[sequence.block(index - 1)];
    if (index > 0 && before == null) {
      throw new IllegalStateException(
          "block %d of %s is not cached".formatted(index - 1, sequence));
    }
    int[] tokens = sequence.tokens(index * blockSize, end);
    return new CachedBlock(++lastId, before, tokens, sequence.block(index));
  }
}
