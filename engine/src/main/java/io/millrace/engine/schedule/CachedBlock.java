package io.millrace.engine.schedule;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A block of the prefix cache, known by its content: the block before it, and its tokens, as many
 * as a block holds or, in the last block of a text, fewer. Content is compared token by token, down
 * to the first, so no collision of hashes can ever give a wrong text.
 */
final class CachedBlock {
  /**
   * The order of contents: by what goes before, then by tokens, so that those with the longest
   * common beginning are neighbours. A block is cached once only, so those before need no look at
   * their tokens.
   */
  static final Comparator<CachedBlock> BY_CONTENT =
      Comparator.<CachedBlock>comparingLong(block -> block.before == null ? -1 : block.before.id)
          .thenComparing(CachedBlock::tokens, Arrays::compare);

  private final long id;
  private final @Nullable CachedBlock before;
  private final int[] tokens;
  private final int block;

  /**
   * @param id no part of the content; unique and positive where others may follow
   * @param before null for the first block of a sequence
   * @param block index of the block in the KV cache; no part of the content
   */
  CachedBlock(long id, @Nullable CachedBlock before, int[] tokens, int block) {
    this.id = id;
    this.before = before;
    this.tokens = tokens;
    this.block = block;
  }

  int block() {
    return block;
  }

  @Nullable CachedBlock before() {
    return before;
  }

  int[] tokens() {
    return tokens;
  }

  int numTokens() {
    return tokens.length;
  }

  /** How many first tokens are the same as another's; none after another beginning. */
  int numCommonTokens(CachedBlock other) {
    if (before != other.before) {
      return 0;
    }
    int mismatch = Arrays.mismatch(tokens, other.tokens);
    return mismatch < 0 ? tokens.length : mismatch;
  }

  /** Whether whoever finds this block finds all that another one holds. */
  boolean covers(CachedBlock other) {
    return numCommonTokens(other) == other.tokens.length;
  }
}
