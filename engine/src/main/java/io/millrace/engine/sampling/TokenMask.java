package io.millrace.engine.sampling;

/** The tokens that may come next in one sequence, which another thread may still be finding out. */
@FunctionalInterface
public interface TokenMask {

  /**
   * The tokens, of which there is at least one: token {@code t} as bit {@code t % 64} of word
   * {@code t / 64}. Waits until they are known.
   */
  long[] words();
}
