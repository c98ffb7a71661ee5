package io.millrace.engine.constraint;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The wishes for the next token of a constrained answer. A wish that would leave no token of those
 * that the constraint allows is not fulfilled.
 *
 * @param forbidden tokens that may not come
 * @param allowed the only tokens that may come; empty for all
 * @param forced tokens of which one must come; empty for none
 */
public record TokenChoice(Set<Integer> forbidden, List<Integer> allowed, List<Integer> forced) {

  /** No wishes. */
  public static final TokenChoice ANY = new TokenChoice(Set.of(), List.of(), List.of());

  /** Leaves those of a mask's tokens that are wished for. */
  void narrow(long[] mask) {
    keep(mask, allowed);
    forbid(mask, forbidden);
    keep(mask, forced);
  }

  /** Takes tokens out of a mask that has others. */
  static void forbid(long[] mask, Set<Integer> tokens) {
    long[] rest = mask.clone();
    tokens.forEach(token -> rest[token >> 6] &= ~(1L << token));
    replaceUnlessEmpty(mask, rest);
  }

  private static void keep(long[] mask, Collection<Integer> tokens) {
    long[] kept = new long[mask.length];
    tokens.forEach(token -> kept[token >> 6] |= mask[token >> 6] & 1L << token);
    replaceUnlessEmpty(mask, kept);
  }

  private static void replaceUnlessEmpty(long[] mask, long[] other) {
    if (!isEmpty(other)) {
      System.arraycopy(other, 0, mask, 0, mask.length);
    }
  }

  static boolean isEmpty(long[] mask) {
    for (long word : mask) {
      if (word != 0) {
        return false;
      }
    }
    return true;
  }
}
