package io.millrace.worker.vector;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Decodes nonsense with a small model until the JVM has compiled what decoding needs. */
public final class WarmUp {
  private static final int HIDDEN = 8 * Lanes.COUNT;
  private static final int CONTEXT = 100;

  /** Taking turns is compiled, too. */
  private static final int THREADS = 2;

  private final VectorDecoder decoder;
  private final List<LayerCache> cache;
  private final int blockSize;

  /** Makes a layer's cache of as much memory as float32 takes, of the kind that the real one is. */
  @FunctionalInterface
  public interface Caches {
    LayerCache of(ByteBuffer keys, ByteBuffer values, int kvHeads, int blockSize, int headDim);
  }

  private WarmUp(Format format, DecoderShape like, int blockSize, int maxRows, Caches caches) {
    this.blockSize = blockSize;
    int kvHeads = 1;
    int heads = like.group();
    int headDim = like.headDim();
    DecoderShape shape = Rehearsal.small(like, HIDDEN, CONTEXT + 1);
    DecoderLayer<PackedMatrix> layer =
        new DecoderLayer<>(
            linear(format, (heads + 2 * kvHeads) * headDim, HIDDEN, PackedMatrix.Order.PLAIN),
            linear(format, HIDDEN, heads * headDim, PackedMatrix.Order.PLAIN),
            linear(format, 2 * HIDDEN, HIDDEN, PackedMatrix.Order.HALVES),
            linear(format, HIDDEN, HIDDEN, PackedMatrix.Order.PLAIN),
            new float[0]);
    Linear<PackedMatrix> head = linear(format, HIDDEN, HIDDEN, PackedMatrix.Order.PLAIN);
    this.decoder =
        new VectorDecoder(shape, List.of(layer), head, blockSize, maxRows, new Team(THREADS));
    int numbers = (CONTEXT / blockSize + 1) * kvHeads * blockSize * headDim;
    this.cache =
        List.of(
            caches.of(
                ByteBuffer.allocateDirect(numbers * Float.BYTES),
                ByteBuffer.allocateDirect(numbers * Float.BYTES),
                kvHeads,
                blockSize,
                headDim));
  }

  /**
   * Takes some seconds.
   *
   * @param like the real model's
   */
  public static void run(
      Format format, DecoderShape like, int blockSize, int maxRows, Caches caches) {
    WarmUp warmUp = new WarmUp(format, like, blockSize, maxRows, caches);
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
    Rehearsal.of(
        () -> {
          decoder.compute(new float[rows * HIDDEN], positions, tables, cache);
          decoder.likeliest();
        });
  }

  private static Linear<PackedMatrix> linear(
      Format format, int out, int in, PackedMatrix.Order order) {
    PackedMatrix matrix = format.pack(out, in, order, (first, count) -> new float[count * in]);
    return new Linear<>(matrix, new float[in], new float[0]);
  }
}
