package io.millrace.engine.load;

import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.UnsupportedModel;
import java.util.Locale;
import java.util.Optional;

/**
 * The size of the KV cache.
 *
 * @param blocks number of blocks
 * @param blockSize tokens of a block
 * @param bytes of all blocks together
 * @param maxLen tokens of a sequence at its longest
 */
record KvCacheSize(int blocks, int blockSize, long bytes, int maxLen) {
  /**
   * Share of a machine's free memory that a cache takes by default; other processes need some, too.
   */
  private static final double SHARE_OF_MACHINE = 0.25;

  private static final double SHARE_OF_GPU = 0.9;
  private static final long MIB = 1 << 20;

  /** Default memory of a cache, in bytes. */
  static long defaultBytes(long freeBytes, long weightBytes, boolean gpu) {
    double share = gpu ? SHARE_OF_GPU : SHARE_OF_MACHINE;
    return (long) (Math.max(0, freeBytes - weightBytes) * share);
  }

  /**
   * The largest cache that a model can use and memory allows.
   *
   * @param numberBytes of each number of a key or a value, at most
   * @param maxNumSequences sequences that are computed at once
   * @param maxLen tokens that one of them may have
   * @param budget bytes that the cache may take
   * @throws UnsupportedModel if not even one block would fit
   */
  static KvCacheSize of(
      ModelSpec spec,
      int numberBytes,
      int blockSize,
      int maxNumSequences,
      int maxLen,
      long budget) {
    long needed = (long) maxNumSequences * ((maxLen + blockSize - 1) / blockSize);
    long bytesPerBlock =
        2L * spec.layers() * spec.kvHeads() * spec.headDim() * numberBytes * blockSize;
    // More than every sequence at its full length is never used.
    long blocks = Math.min(needed, budget / bytesPerBlock);
    if (blocks < 1) {
      throw new UnsupportedModel(
          "a KV cache of %d bytes holds no block of %d tokens, which takes %d bytes"
              .formatted(budget, blockSize, bytesPerBlock));
    }
    int held = (int) Math.min(blocks, Integer.MAX_VALUE / blockSize);
    return new KvCacheSize(held, blockSize, held * bytesPerBlock, maxLen);
  }

  /** What a cache that does not hold one prompt of full length means, and what would hold it. */
  Optional<String> shortage() {
    if (tokens() >= maxLen) {
      return Optional.empty();
    }
    long wanted = bytes / blocks * ((maxLen + blockSize - 1) / blockSize);
    return Optional.of(
        "the KV cache holds %d tokens, and one prompt with its answer may have %d: longer ones than the"
                .formatted(tokens(), maxLen)
            + " cache are refused; --kv-cache-memory %dMiB would hold one of full length"
                .formatted((wanted + MIB - 1) / MIB));
  }

  /** Tokens of all sequences together. */
  long tokens() {
    return (long) blocks * blockSize;
  }

  /** Bytes of a layer's keys, or of its values. */
  long bytesOfLayer(ModelSpec spec) {
    return bytes / 2 / spec.layers();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "KV cache of %d blocks of %d tokens: %d tokens in %.1f MiB, enough for %.1f sequences of"
            + " %d tokens",
        blocks,
        blockSize,
        tokens(),
        (double) bytes / MIB,
        (double) tokens() / maxLen,
        maxLen);
  }
}
