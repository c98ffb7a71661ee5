package io.millrace.engine.schedule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a sequence that the prefix cache holds.
 *
 * @param blocks those that the sequence can have as they are; the last may be full in part, if
 *     nobody else uses it
 * @param copied one whose first tokens come next and are copied, because it holds others behind or
 *     is in use; null for none
 * @param numTokens tokens of the beginning
 */
record CachedPrefix(List<CachedBlock> blocks, @Nullable CachedBlock copied, int numTokens) {
  static final CachedPrefix NONE = new CachedPrefix(List.of(), null, 0);

  /** The same without what had to be copied, for which a block is needed while it is copied. */
  CachedPrefix withoutCopy(int blockSize) {
    return copied == null ? this : new CachedPrefix(blocks, null, blocks.size() * blockSize);
  }
}
