package io.millrace.worker.vector;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes nonsense with a small model until the JVM has compiled what decoding needs: before that
 * every vector is an object, and a step takes a hundred times as long. Best done while weights are
 * loaded.
 */
public final class WarmUp {
  private static final int HIDDEN = 8 * Lanes.COUNT;
  private static final int CONTEXT = 100;

  /** Taking turns is compiled, too. */
  private static final int THREADS = 2;

  /** A step is compiled when it takes so much less time than the first one; or it never will be. */
  private static final int TIMES_FASTER = 20;

  private static final int MOST_SLOW_STEPS = 400;

  /** Then what is called but once a step is compiled, too; these take a second. */
  private static final int FAST_STEPS = 1500;

  private final VectorDecoder decoder;
  private final List<LayerCache> cache;
  private final int blockSize;

  private WarmUp(Format format, DecoderShape like, int blockSize, int maxRows, boolean narrow) {
    this.blockSize = blockSize;
    int kvHeads = 1;
    int heads = like.group();
    int headDim = like.headDim();
    DecoderShape shape =
        new DecoderShape(
            HIDDEN,
            heads,
            kvHeads,
            headDim,
            HIDDEN,
            like.window(),
            1,
            1,
            like.turns().length == 0 ? like.turns() : new float[(CONTEXT + 1) * headDim],
            Arrays.copyOf(like.slopes(), Math.min(heads, like.slopes().length)));
    DecoderLayer layer =
        new DecoderLayer(
            linear(format, (heads + 2 * kvHeads) * headDim, HIDDEN, PackedMatrix.Order.PLAIN),
            linear(format, HIDDEN, heads * headDim, PackedMatrix.Order.PLAIN),
            linear(format, 2 * HIDDEN, HIDDEN, PackedMatrix.Order.HALVES),
            linear(format, HIDDEN, HIDDEN, PackedMatrix.Order.PLAIN),
            new float[0]);
    Linear head = linear(format, HIDDEN, HIDDEN, PackedMatrix.Order.PLAIN);
    this.decoder = new VectorDecoder(shape, List.of(layer), head, blockSize, maxRows, THREADS);
    int numbers = (CONTEXT / blockSize + 1) * kvHeads * blockSize * headDim;
    this.cache =
        List.of(
            new LayerCache(
                ByteBuffer.allocateDirect(numbers * Float.BYTES),
                ByteBuffer.allocateDirect(numbers * Float.BYTES),
                narrow,
                kvHeads,
                blockSize,
                headDim));
  }

  /**
   * Takes some seconds.
   *
   * @param like the real model's
   * @param narrow whether its values are bfloat16
   */
  public static void run(
      Format format, DecoderShape like, int blockSize, int maxRows, boolean narrow) {
    WarmUp warmUp = new WarmUp(format, like, blockSize, maxRows, narrow);
    try (VectorDecoder decoder = warmUp.decoder) {
      for (int rows : new int[] {1, 2, 8}) {
        if (rows <= decoder.maxRows()) {
          warmUp.decode(rows);
        }
      }
    }
  }

  private void decode(int rows) {
    int[] positions = new int[rows];
    Arrays.fill(positions, CONTEXT);
    int[] table = new int[CONTEXT / blockSize + 1];
    int[][] tables = new int[rows][];
    Arrays.fill(tables, table);
    long first = step(rows, positions, tables);
    int slow = 0;
    while (slow < MOST_SLOW_STEPS && step(rows, positions, tables) >= first / TIMES_FASTER) {
      slow++;
    }
    for (int i = 0; i < FAST_STEPS && slow < MOST_SLOW_STEPS; i++) {
      step(rows, positions, tables);
    }
  }

  private long step(int rows, int[] positions, int[][] tables) {
    long start = System.nanoTime();
    decoder.compute(new float[rows * HIDDEN], positions, tables, cache);
    decoder.likeliest();
    return System.nanoTime() - start;
  }

  private static Linear linear(Format format, int out, int in, PackedMatrix.Order order) {
    PackedMatrix matrix = format.pack(out, in, order, (first, count) -> new float[count * in]);
    return new Linear(matrix, new float[in], new float[0]);
  }
}
