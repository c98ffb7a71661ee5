package io.millrace.engine.vector;

import io.millrace.engine.vector.PackedMatrix.Order;
import io.millrace.engine.vector.PackedMatrix.Rows;
import java.util.Arrays;
import java.util.List;

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

  /**
   * Packs a matrix.
   *
   * @param <M> how matrices are kept
   */
  @FunctionalInterface
  public interface Maker<M> {
    M make(int out, int in, Order order, Rows source);
  }

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

  /** One layer of such a shape. */
  public static <M> List<DecoderLayer<M>> layer(DecoderShape shape, Maker<M> maker) {
    int heads = shape.heads() * shape.headDim();
    int all = heads + 2 * shape.kvHeads() * shape.headDim();
    return List.of(
        new DecoderLayer<>(
            linear(maker, all, shape.hidden(), Order.PLAIN),
            linear(maker, shape.hidden(), heads, Order.PLAIN),
            linear(maker, 2 * shape.intermediate(), shape.hidden(), Order.HALVES),
            linear(maker, shape.hidden(), shape.intermediate(), Order.PLAIN),
            new float[0]));
  }

  /** The output of a few tokens. */
  public static <M> Linear<M> head(DecoderShape shape, Maker<M> maker) {
    return linear(maker, shape.hidden(), shape.hidden(), Order.PLAIN);
  }

  private static <M> Linear<M> linear(Maker<M> maker, int out, int in, Order order) {
    M matrix = maker.make(out, in, order, (first, count) -> new float[count * in]);
    return new Linear<>(matrix, new float[in], new float[0]);
  }

  private static long nanos(Runnable step) {
    long start = System.nanoTime();
    step.run();
    return System.nanoTime() - start;
  }
}
