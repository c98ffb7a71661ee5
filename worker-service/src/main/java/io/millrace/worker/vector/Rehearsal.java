package io.millrace.worker.vector;

import java.util.Arrays;

/**
 * Steps of a small model, until the JVM has compiled what the real one needs: before that every
 * vector is an object, and a step takes a hundred times as long. Best done while weights are
 * loaded.
 */
public final class Rehearsal {
  /** A step is compiled when it takes so much less time than the first one; or it never will be. */
  private static final int TIMES_FASTER = 20;

  private static final int MOST_SLOW_STEPS = 400;

  /** Then what is called but once a step is compiled, too; these take a second. */
  private static final int FAST_STEPS = 1500;

  private Rehearsal() {}

  /** Does a step again and again. */
  public static void of(Runnable step) {
    long first = nanos(step);
    int slow = 0;
    while (slow < MOST_SLOW_STEPS && nanos(step) >= first / TIMES_FASTER) {
      slow++;
    }
    for (int i = 0; i < FAST_STEPS && slow < MOST_SLOW_STEPS; i++) {
      step.run();
    }
  }

  /**
   * A narrow layer with heads like the real ones, but one of keys.
   *
   * @param width of all that can be narrower
   */
  public static DecoderShape small(DecoderShape like, int width, int positions) {
    int heads = like.group();
    return new DecoderShape(
        width,
        heads,
        1,
        like.headDim(),
        width,
        like.window(),
        1,
        1,
        like.turns().length == 0 ? like.turns() : new float[positions * like.headDim()],
        Arrays.copyOf(like.slopes(), Math.min(heads, like.slopes().length)));
  }

  private static long nanos(Runnable step) {
    long start = System.nanoTime();
    step.run();
    return System.nanoTime() - start;
  }
}
