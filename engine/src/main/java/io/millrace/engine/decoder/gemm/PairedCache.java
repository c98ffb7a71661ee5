package io.millrace.engine.decoder.gemm;

import static jdk.incubator.vector.VectorOperators.LSHL;

import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import jdk.incubator.vector.IntVector;
import org.jspecify.annotations.Nullable;

/**
 * The cache of a layer with keys and values in bfloat16, laid out as {@link Gemm} takes them: keys
 * {@code [blocks, kvHeads, headDim / 2, blockSize, 2]}, {@link Pairs} of a key's numbers together,
 * and values {@code [blocks, kvHeads, blockSize / 2, headDim, 2]}, pairs of tokens together.
 */
public final class PairedCache implements LayerCache {
  private final int kvHeads;
  private final int blockSize;
  private final int headDim;
  private final IntBuffer keys;
  private final IntBuffer values;
  private final ShortBuffer keyHalves;
  private final ShortBuffer valueHalves;
  private final long keyAddress;
  private final long valueAddress;

  /**
   * @param gemm null if none multiplies by what is in it
   * @param blockSize see {@link #takes}
   * @param headDim even
   */
  public PairedCache(
      @Nullable Gemm gemm,
      ByteBuffer keys,
      ByteBuffer values,
      int kvHeads,
      int blockSize,
      int headDim) {
    this.kvHeads = kvHeads;
    this.blockSize = blockSize;
    this.headDim = headDim;
    ByteBuffer orderedKeys = keys.order(ByteOrder.nativeOrder());
    this.keys = orderedKeys.asIntBuffer();
    this.keyHalves = orderedKeys.asShortBuffer();
    ByteBuffer ordered = values.order(ByteOrder.nativeOrder());
    this.values = ordered.asIntBuffer();
    this.valueHalves = ordered.asShortBuffer();
    this.keyAddress = gemm == null ? 0 : gemm.address(keys);
    this.valueAddress = gemm == null ? 0 : gemm.address(values);
  }

  /** Whether blocks of this size can be computed with: they are whole pairs of vectors. */
  public static boolean takes(int blockSize) {
    return blockSize % (2 * Lanes.COUNT) == 0;
  }

  @Override
  public int blockSize() {
    return blockSize;
  }

  /** Address of a block's keys of one head. */
  long keys(int block, int head) {
    return keyAddress + (long) words(block, head) * Integer.BYTES;
  }

  /** Address of a block's values of one head. */
  long values(int block, int head) {
    return valueAddress + (long) words(block, head) * Integer.BYTES;
  }

  @Override
  public void write(int block, int head, int offset, float[] from, int keyAt, int valueAt) {
    int start = words(block, head);
    for (int i = 0; i < headDim; i++) {
      int at = start + Pairs.word(i, headDim) * blockSize + offset;
      keyHalves.put(2 * at + Pairs.half(i, headDim), (short) Bfloat16.bits(from[keyAt + i]));
    }
    int at = 2 * (start + Pairs.word(offset, blockSize) * headDim) + Pairs.half(offset, blockSize);
    for (int i = 0; i < headDim; i++) {
      valueHalves.put(at + 2 * i, (short) Bfloat16.bits(from[valueAt + i]));
    }
  }

  @Override
  public void layOutQuery(float[] from, int at, float[] into, int intoAt) {
    if (headDim % PANEL == 0) {
      System.arraycopy(from, at, into, intoAt, headDim);
      return;
    }
    for (int i = 0; i < headDim; i++) {
      int low = PairKernel.low(Pairs.word(i, headDim));
      into[intoAt + low + Pairs.half(i, headDim) * Lanes.COUNT] = from[at + i];
    }
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
    int[] words = scratch.words();
    keys.get(words(block, head), words, 0, blockSize * headDim / 2);
    int xStride = LayerCache.padded(headDim);
    PairKernel.multiply(rows, words, 0, headDim / 2, blockSize, x, xAt, xStride, y, yAt, yStride);
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
    int[] words = scratch.words();
    values.get(words(block, head), words, 0, blockSize * headDim / 2);
    int yStride = LayerCache.padded(headDim);
    PairKernel.multiply(rows, words, 0, blockSize / 2, headDim, x, xAt, xStride, y, yAt, yStride);
  }

  @Override
  public void readKeyPanels(int block, int head, Scratch scratch) {
    int[] words = scratch.words();
    keys.get(words(block, head), words, 0, headDim * blockSize / 2);
    for (int i = 0; i < headDim; i++) {
      int from = Pairs.word(i, headDim) * blockSize;
      int half = Pairs.half(i, headDim);
      for (int token = 0; token < blockSize; token += PANEL) {
        widen(words, from + token, PANEL, half, scratch.numbers(), token * headDim + i * PANEL);
      }
    }
  }

  @Override
  public void readValuePanels(int block, int head, Scratch scratch) {
    int[] words = scratch.words();
    values.get(words(block, head), words, 0, blockSize * headDim / 2);
    for (int token = 0; token < blockSize; token++) {
      int from = Pairs.word(token, blockSize) * headDim;
      int half = Pairs.half(token, blockSize);
      for (int i = 0; i < headDim; i += PANEL) {
        int count = Math.min(PANEL, headDim - i);
        widen(words, from + i, count, half, scratch.numbers(), i * blockSize + token * PANEL);
      }
    }
  }

  @Override
  public int place(int index) {
    return index;
  }

  /** Widens one half of each word to float32. */
  private static void widen(int[] words, int at, int count, int half, float[] into, int row) {
    int distance = (1 - half) * Short.SIZE;
    int whole = count / Lanes.COUNT * Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      // The lower half goes up; and what is below the upper one is left out.
      IntVector up = IntVector.fromArray(Lanes.INTS, words, at + i).lanewise(LSHL, distance);
      Bfloat16.ofHigh(up).intoArray(into, row + i);
    }
    for (int i = whole; i < count; i++) {
      into[row + i] = Bfloat16.of(words[at + i] >>> half * Short.SIZE);
    }
  }

  private int words(int block, int head) {
    return (block * kvHeads + head) * blockSize * headDim / 2;
  }
}
