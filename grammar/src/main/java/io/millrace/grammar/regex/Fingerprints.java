package io.millrace.grammar.regex;

import java.security.SecureRandom;
import java.util.function.ToLongFunction;

/** Numbers by which equal terms are known across pools; nobody outside can make two collide. */
final class Fingerprints {
  static final long SEED_1 = new SecureRandom().nextLong();
  static final long SEED_2 = new SecureRandom().nextLong();

  private Fingerprints() {}

  static long of(Regex term, long seed, ToLongFunction<Regex> child) {
    long hash = mix(seed ^ term.kind.ordinal());
    hash = mix(hash ^ term.low);
    hash = mix(hash ^ term.high);
    hash = mix(hash ^ term.bytes.w0());
    hash = mix(hash ^ term.bytes.w1());
    hash = mix(hash ^ term.bytes.w2());
    hash = mix(hash ^ term.bytes.w3());
    long unordered = 0;
    boolean commutes = term.kind == Kind.ALT || term.kind == Kind.AND;
    for (Regex each : term.children) {
      if (commutes) {
        // Children are sorted by the order in which a pool met them, which differs between pools.
        unordered += mix(child.applyAsLong(each) ^ seed);
      } else {
        hash = mix(hash ^ child.applyAsLong(each));
      }
    }
    return mix(hash ^ unordered);
  }

  /** The finaliser of SplitMix64. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
