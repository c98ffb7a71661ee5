package io.millrace.engine.sampling;

/**
 * Counter-based random numbers: the draw at a position depends on seed and position alone, so it is
 * the same in any batch, on any worker, and after a restart (the idea of "Parallel Random Numbers:
 * As Easy as 1, 2, 3", SC 2011; the mixing function is SplitMix64's).
 */
public final class CounterBasedRandom {
  private static final double UNIT = 0x1.0p-53;

  private CounterBasedRandom() {}

  /** The draw at a position, uniform in [0, 1). */
  public static double uniform(long seed, long position) {
    return (mix(mix(seed) + 0x9E3779B97F4A7C15L * (position + 1)) >>> 11) * UNIT;
  }

  /** A seed for a request that names none. */
  public static long seedOf(String requestId) {
    long hash = 0xCBF29CE484222325L; // FNV-1a, because String.hashCode has 32 bits only
    for (int i = 0; i < requestId.length(); i++) {
      hash = (hash ^ requestId.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash);
  }

  /**
   * The seed of one of several answers to a prompt. The first one's is the request's own, so that
   * asking for more answers does not change it.
   *
   * @param index from 0
   */
  public static long seedOf(long requestSeed, int index) {
    return index == 0 ? requestSeed : mix(mix(requestSeed) + 0xD1B54A32D192ED03L * index);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
