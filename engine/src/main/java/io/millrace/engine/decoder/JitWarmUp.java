package io.millrace.engine.decoder;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The warm-up of the JVM's compiler: runs steps of a small model until the code that the real one
 * needs is compiled. Before that every vector is an object, and a step takes a hundred times as
 * long. Best done while weights are loaded.
 */
public final class JitWarmUp {
  /** Threads of the small model's team: the code by which they share work is compiled, too. */
  public static final int THREADS = 2;

  /** How many times faster than the first step a compiled one is, at least. */
  private static final int TIMES_FASTER = 20;

  /** Slow steps after which a step is taken to be one that is never compiled. */
  private static final int MOST_SLOW_STEPS = 400;

  /** Further steps after that, for the code that is called only once a step. */
  private static final int FAST_STEPS = 300;

  private static final Set<Object> DONE = ConcurrentHashMap.newKeySet();

  private JitWarmUp() {}

  /** Whether nothing equal has been asked about in this process: what is compiled stays so. */
  public static boolean isFirst(Object what) {
    return DONE.add(what);
  }

  /** Runs a step until it is compiled. */
  public static <C extends LayerCache> void run(
      ForwardPass<?, C> pass, StepInput step, List<C> cache) {
    repeat(
        () -> {
          pass.run(step, new float[step.numRows() * pass.shape().hidden()], cache);
          pass.argmax();
          pass.logits();
        });
  }

  /**
   * Zero weights of a model of one narrow layer, with heads like the real ones but a single key
   * head.
   *
   * @param width of every dimension that can be narrower, the vocabulary included
   * @param positions of its longest sequence
   */
  public static <M> DecoderWeights<M> weights(
      DecoderShape like,
      int width,
      int positions,
      MatrixPacker<M> packer,
      MatrixPacker<M> headPacker) {
    DecoderShape shape = small(like, width, positions);
    int heads = shape.heads() * shape.headDim();
    int all = heads + 2 * shape.kvHeads() * shape.headDim();
    DecoderLayer<M> layer =
        new DecoderLayer<>(
            linear(packer, all, width, RowOrder.PLAIN),
            linear(packer, width, heads, RowOrder.PLAIN),
            linear(packer, 2 * width, width, RowOrder.HALVES),
            linear(packer, width, width, RowOrder.PLAIN),
            new float[0]);
    return new DecoderWeights<>(
        shape, List.of(layer), linear(headPacker, width, width, RowOrder.PLAIN));
  }

  private static DecoderShape small(DecoderShape like, int width, int positions) {
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

  private static <M> Linear<M> linear(MatrixPacker<M> packer, int out, int in, RowOrder order) {
    M matrix = packer.pack(out, in, in, order, (first, count) -> new float[count * in]);
    return new Linear<>(matrix, new float[in], new float[0]);
  }

  private static void repeat(Runnable step) {
    long first = nanos(step);
    int slow = 0;
    while (slow < MOST_SLOW_STEPS && nanos(step) >= first / TIMES_FASTER) {
      slow++;
    }
    for (int i = 0; i < FAST_STEPS && slow < MOST_SLOW_STEPS; i++) {
      step.run();
    }
  }

  private static long nanos(Runnable step) {
    long start = System.nanoTime();
    step.run();
    return System.nanoTime() - start;
  }
}
