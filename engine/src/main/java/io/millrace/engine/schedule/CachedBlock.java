package io.millrace.engine.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A full block of the prefix cache, known by its content: its tokens, and the block before it. Two
 * are equal only if all their tokens are, down to the first, so no collision of hashes can ever
 * give a wrong text.
 */
final class CachedBlock {
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final @Nullable CachedBlock before;
  private final int[] tokens;
  private final int block;
  private final long hash;

  /**
   * @param before null for the first block of a sequence
   * @param block index of the block in the KV cache; no part of the content
   */
  CachedBlock(@Nullable CachedBlock before, int[] tokens, int block) {
    this.before = before;
    this.tokens = tokens;
    this.block = block;
    this.hash = hash();
  }

  private long hash() {
    long mixed = before == null ? 0 : before.hash;
    for (int token : tokens) {
      mixed = (mixed ^ token) * MULTIPLIER;
      mixed ^= mixed >>> 32;
    }
    return mixed;
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

  /**
   * Whether content is equal. A block is cached once only, so those before need no look at their
   * tokens.
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CachedBlock that
        && hash == that.hash
        && before == that.before
        && Arrays.equals(tokens, that.tokens);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }
}
