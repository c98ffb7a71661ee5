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
    int start = start(block, head);
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
  public void layOutQuery(float[] from, int at, float[] into, int intoAt) {
    System.arraycopy(from, at, into, intoAt, headDim);
  }

  @Override
  public void multiplyKeys(
      int block,
      int head,
      int rows,
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int yStride,
      Scratch scratch) {
    float[] read = scratch.numbers();
    keys.get(start(block, head), read, 0, blockSize * headDim);
    int xStride = LayerCache.padded(headDim);
    RowKernel.multiply(rows, read, headDim, blockSize, x, xAt, xStride, y, yAt, yStride);
  }

  @Override
  public void multiplyValues(
      int block,
      int head,
      int rows,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      Scratch scratch) {
    readValues(start(block, head), scratch);
    int columns = Lanes.padded(headDim);
    int yStride = LayerCache.padded(headDim);
    RowKernel.multiply(
        rows, scratch.numbers(), blockSize, columns, x, xAt, xStride, y, yAt, yStride);
  }

  /** Values in bfloat16 have their even numbers before their odd ones. */
  @Override
  public int place(int index) {
    return narrow ? index / 2 + index % 2 * (headDim / 2) : index;
  }

  @Override
  public void readKeyPanels(int block, int head, Scratch scratch) {
    int from = start(block, head);
    for (int i = 0; i < headDim; i++) {
      for (int token = 0; token < blockSize; token += PANEL) {
        int into = token * headDim + i * PANEL;
        keys.get(from + i * blockSize + token, scratch.numbers(), into, PANEL);
      }
    }
  }

  @Override
  public void readValuePanels(int block, int head, Scratch scratch) {
    int from = start(block, head);
    for (int token = 0; token < blockSize; token++) {
      for (int i = 0; i < headDim; i += PANEL) {
        int count = Math.min(PANEL, headDim - i);
        int into = i * blockSize + token * PANEL;
        readNumbers(from + token * headDim + i, scratch.numbers(), into, count);
      }
    }
  }

  private void readNumbers(int from, float[] into, int at, int count) {
    if (!narrow) {
      values.get(from, into, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      into[at + i] = Bfloat16.of(halves.get(from + i));
    }
  }

  /** Reads a head's values, [blockSize, headDim padded to whole vectors]. */
  private void readValues(int from, Scratch scratch) {
    int padded = Lanes.padded(headDim);
    if (narrow) {
      pairs.get(from / 2, scratch.words(), 0, blockSize * headDim / 2);
      widen(scratch.words(), scratch.numbers());
    } else if (padded == headDim) {
      values.get(from, scratch.numbers(), 0, blockSize * headDim);
    } else {
      for (int token = 0; token < blockSize; token++) {
        values.get(from + token * headDim, scratch.numbers(), token * padded, headDim);
      }
    }
  }

  private void widen(int[] words, float[] into) {
    int half = headDim / 2;
    for (int token = 0; token < blockSize; token++) {
      for (int i = 0; i < half; i += Lanes.COUNT) {
        IntVector two = IntVector.fromArray(INTS, words, token * half + i);
        int at = token * headDim + i;
        Bfloat16.ofLow(two).intoArray(into, at);
        Bfloat16.ofHigh(two).intoArray(into, at + half);
      }
    }
  }

  private int start(int block, int head) {
    return (block * kvHeads + head) * blockSize * headDim;
  }
}
