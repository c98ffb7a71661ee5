package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.INTS;

import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import jdk.incubator.vector.IntVector;

/**
 * The cache of a layer with transposed keys in float32, {@code [blocks, kvHeads, headDim,
 * blockSize]}, so that one lane computes one score, and values {@code [blocks, kvHeads, blockSize,
 * headDim]}, as the program reads them, too.
 */
public final class TransposedCache implements LayerCache {
  private final int kvHeads;
  private final int blockSize;
  private final int headDim;
  private final boolean narrow;
  private final FloatBuffer keys;
  private final FloatBuffer values;
  private final ShortBuffer halves;
  private final IntBuffer pairs;

  /**
   * @param keys float32
   * @param values float32 or bfloat16
   * @param narrow whether values are bfloat16; see {@link #canBeNarrow}
   * @param blockSize see {@link LayerCache#takes}
   */
  public TransposedCache(
      ByteBuffer keys, ByteBuffer values, boolean narrow, int kvHeads, int blockSize, int headDim) {
    this.kvHeads = kvHeads;
    this.blockSize = blockSize;
    this.headDim = headDim;
    this.narrow = narrow;
    this.keys = keys.order(ByteOrder.nativeOrder()).asFloatBuffer();
    ByteBuffer ordered = values.order(ByteOrder.nativeOrder());
    this.values = ordered.asFloatBuffer();
    this.halves = ordered.asShortBuffer();
    this.pairs = ordered.asIntBuffer();
  }

  /** Whether values of this width can be read as bfloat16: half a head is whole vectors. */
  public static boolean canBeNarrow(int headDim) {
    return headDim % (2 * Lanes.COUNT) == 0;
  }

  @Override
  public int blockSize() {
    return blockSize;
  }

  @Override
  public void write(int block, int head, int offset, float[] from, int keyAt, int valueAt) {
    int start = start(block) + head * blockSize * headDim;
    for (int i = 0; i < headDim; i++) {
      keys.put(start + i * blockSize + offset, from[keyAt + i]);
    }
    int at = start + offset * headDim;
    if (!narrow) {
      values.put(at, from, valueAt, headDim);
      return;
    }
    for (int i = 0; i < headDim; i++) {
      halves.put(at + i, (short) Bfloat16.bits(from[valueAt + i]));
    }
  }

  @Override
  public void readKeys(int block, float[] into, int[] words) {
    keys.get(start(block), into, 0, kvHeads * blockSize * headDim);
  }

  /** Values in bfloat16 have their even numbers before their odd ones: see {@link #place}. */
  @Override
  public void readValues(int block, float[] into, int[] words) {
    int vectors = kvHeads * blockSize;
    if (narrow) {
      pairs.get(start(block) / 2, words, 0, vectors * headDim / 2);
      widen(vectors, words, into);
      return;
    }
    int padded = Lanes.padded(headDim);
    if (padded == headDim) {
      values.get(start(block), into, 0, vectors * headDim);
      return;
    }
    for (int i = 0; i < vectors; i++) {
      values.get(start(block) + i * headDim, into, i * padded, headDim);
    }
  }

  @Override
  public int place(int index) {
    return narrow ? index / 2 + index % 2 * (headDim / 2) : index;
  }

  private void widen(int vectors, int[] words, float[] into) {
    int half = headDim / 2;
    for (int vector = 0; vector < vectors; vector++) {
      for (int i = 0; i < half; i += Lanes.COUNT) {
        IntVector two = IntVector.fromArray(INTS, words, vector * half + i);
        int at = vector * headDim + i;
        Bfloat16.ofLow(two).intoArray(into, at);
        Bfloat16.ofHigh(two).intoArray(into, at + half);
      }
    }
  }

  private int start(int block) {
    return block * kvHeads * blockSize * headDim;
  }
}
