package io.millrace.worker.model;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** How many blocks the KV cache gets. */
final class KvCacheSize {
  /**
   * Part of the free memory that a cache takes when nobody says; the rest is for everybody else.
   */
  private static final double SHARE = 0.25;

  private KvCacheSize() {}

  /**
   * Blocks for a model.
   *
   * @param maxNumSequences sequences that are computed at once
   * @param maxLen tokens that one of them may have
   * @param bytes what the cache may take; null for a part of what is free
   * @throws UnsupportedModel if not even one sequence would fit
   */
  static int blocks(
      ModelSpec spec, int blockSize, int maxNumSequences, int maxLen, @Nullable Long bytes) {
    long needed = (long) maxNumSequences * ((maxLen + blockSize - 1) / blockSize);
    long bytesPerBlock = KvCache.bytesPerToken(spec) * blockSize;
    long budget = bytes == null ? (long) (freeBytes() * SHARE) : bytes;
    long affordable = budget / bytesPerBlock;
    // More than every sequence at its full length is never used.
    long blocks = Math.min(needed, affordable);
    if (blocks < 1) {
      throw new UnsupportedModel(
          "a KV cache of %d bytes holds no block of %d tokens, which takes %d bytes"
              .formatted(budget, blockSize, bytesPerBlock));
    }
    return (int) Math.min(blocks, Integer.MAX_VALUE / blockSize);
  }

  private static long freeBytes() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getFreeMemorySize();
  }
}
