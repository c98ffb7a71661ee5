package io.millrace.engine.vector;

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

  private WarmUp(
      Format format, DecoderShape like, int blockSize, int maxRows, Caches caches, Team team) {
    this.blockSize = blockSize;
    DecoderShape shape = Rehearsal.small(like, HIDDEN, CONTEXT + 1);
    this.decoder =
        new VectorDecoder(
            shape,
            Rehearsal.layer(shape, format::pack),
            Rehearsal.head(shape, format::pack),
            blockSize,
            maxRows,
            team);
    int bytes = (CONTEXT / blockSize + 1) * blockSize * shape.headDim() * Float.BYTES;
    this.cache =
        List.of(
            caches.of(
                ByteBuffer.allocateDirect(bytes),
                ByteBuffer.allocateDirect(bytes),
                shape.kvHeads(),
                blockSize,
                shape.headDim()));
  }

  /**
   * Takes some seconds.
   *
   * @param like the real model's
   */
  public static void run(
      Format format, DecoderShape like, int blockSize, int maxRows, Caches caches) {
    try (Team team = new Team(THREADS)) {
      WarmUp warmUp = new WarmUp(format, like, blockSize, maxRows, caches, team);
      for (int rows : new int[] {1, 2, 8}) {
        if (rows <= maxRows) {
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
}
