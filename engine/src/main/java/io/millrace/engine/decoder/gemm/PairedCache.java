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

/**
 * The cache of a layer with keys and values in bfloat16, laid out as {@link Gemm} takes them: keys
 * {@code [blocks, kvHeads, headDim / 2, blockSize, 2]}, {@link Pairs} of a key's numbers together,
 * and values {@code [blocks, kvHeads, blockSize / 2, headDim, 2]}, pairs of tokens together.
 */
public final class PairedCache implements LayerCache {
  /** Words of a line of the CPU's caches. */
  private static final int WORDS_OF_LINE = 16;

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
   * @param blockSize see {@link #takes}
   * @param headDim even
   */
  public PairedCache(
      Gemm gemm, ByteBuffer keys, ByteBuffer values, int kvHeads, int blockSize, int headDim) {
    this.kvHeads = kvHeads;
    this.blockSize = blockSize;
    this.headDim = headDim;
    ByteBuffer orderedKeys = keys.order(ByteOrder.nativeOrder());
    this.keys = orderedKeys.asIntBuffer();
    this.keyHalves = orderedKeys.asShortBuffer();
    ByteBuffer ordered = values.order(ByteOrder.nativeOrder());
    this.values = ordered.asIntBuffer();
    this.valueHalves = ordered.asShortBuffer();
    this.keyAddress = gemm.address(keys);
    this.valueAddress = gemm.address(values);
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
  public void readKeys(int block, float[] into, int[] words) {
    keys.get(words(block, 0), words, 0, kvHeads * headDim * blockSize / 2);
    for (int head = 0; head < kvHeads; head++) {
      for (int i = 0; i < headDim; i++) {
        int from = (head * headDim / 2 + Pairs.word(i, headDim)) * blockSize;
        int row = (head * headDim + i) * blockSize;
        widen(words, from, blockSize, Pairs.half(i, headDim), into, row);
      }
    }
  }

  @Override
  public void readValues(int block, float[] into, int[] words) {
    int padded = Lanes.padded(headDim);
    values.get(words(block, 0), words, 0, kvHeads * blockSize * headDim / 2);
    for (int head = 0; head < kvHeads; head++) {
      for (int i = 0; i < blockSize; i++) {
        int from = (head * blockSize / 2 + Pairs.word(i, blockSize)) * headDim;
        int row = (head * blockSize + i) * padded;
        widen(words, from, headDim, Pairs.half(i, blockSize), into, row);
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

  /**
   * Prefetches some heads' keys of a block, all at once, which takes less time than a
   * multiplication that waits for one line after the other.
   *
   * @return a number that depends on all of them, so that no read is left out
   */
  int fetchKeys(int block, int head, int heads) {
    return fetch(keys, words(block, head), words(block, head + heads));
  }

  /** Prefetches some heads' values of a block. */
  int fetchValues(int block, int head, int heads) {
    return fetch(values, words(block, head), words(block, head + heads));
  }

  private static int fetch(IntBuffer from, int begin, int end) {
    int sum = 0;
    for (int i = begin; i < end; i += WORDS_OF_LINE) {
      sum += from.get(i);
    }
    return sum;
  }

  private int words(int block, int head) {
    return (block * kvHeads + head) * blockSize * headDim / 2;
  }
}
