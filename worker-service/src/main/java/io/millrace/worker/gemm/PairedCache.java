package io.millrace.worker.gemm;

import io.millrace.worker.vector.Bfloat16;
import io.millrace.worker.vector.Lanes;
import io.millrace.worker.vector.LayerCache;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Keys and values in bfloat16 as {@link Gemm} takes them: keys {@code [blocks, kvHeads, headDim /
 * 2, blockSize, 2]}, two numbers of a key together, and values {@code [blocks, kvHeads, blockSize /
 * 2, headDim, 2]}, two tokens' numbers together.
 */
public final class PairedCache implements LayerCache {
  private static final int HIGH = 0xffff0000;

  /** A line of the CPU's caches. */
  private static final int WORDS_OF_LINE = 16;

  private final int kvHeads;
  private final int blockSize;
  private final int headDim;
  private final IntBuffer keys;
  private final IntBuffer values;
  private final ShortBuffer halves;
  private final long keyAddress;
  private final long valueAddress;

  /**
   * @param blockSize even, and see {@link LayerCache#takes}
   * @param headDim even
   */
  public PairedCache(
      Gemm gemm, ByteBuffer keys, ByteBuffer values, int kvHeads, int blockSize, int headDim) {
    this.kvHeads = kvHeads;
    this.blockSize = blockSize;
    this.headDim = headDim;
    this.keys = keys.order(ByteOrder.nativeOrder()).asIntBuffer();
    ByteBuffer ordered = values.order(ByteOrder.nativeOrder());
    this.values = ordered.asIntBuffer();
    this.halves = ordered.asShortBuffer();
    this.keyAddress = gemm.address(keys);
    this.valueAddress = gemm.address(values);
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
    for (int i = 0; i < headDim; i += 2) {
      int pair = Bfloat16.bits(from[keyAt + i]) | Bfloat16.bits(from[keyAt + i + 1]) << Short.SIZE;
      keys.put(start + i / 2 * blockSize + offset, pair);
    }
    int at = (start + offset / 2 * headDim) * 2 + offset % 2;
    for (int i = 0; i < headDim; i++) {
      halves.put(at + 2 * i, (short) Bfloat16.bits(from[valueAt + i]));
    }
  }

  @Override
  public void readKeys(int block, float[] into, int[] words) {
    int rows = kvHeads * headDim / 2;
    keys.get(words(block, 0), words, 0, rows * blockSize);
    for (int row = 0; row < rows; row++) {
      widen(words, row * blockSize, blockSize, into, 2 * row * blockSize, blockSize);
    }
  }

  @Override
  public void readValues(int block, float[] into, int[] words) {
    int rows = kvHeads * blockSize / 2;
    int padded = Lanes.padded(headDim);
    values.get(words(block, 0), words, 0, rows * headDim);
    for (int row = 0; row < rows; row++) {
      widen(words, row * headDim, headDim, into, 2 * row * padded, padded);
    }
  }

  @Override
  public int place(int index) {
    return index;
  }

  /** Lower halves of words to one row, upper ones to the next. */
  private static void widen(int[] words, int at, int count, float[] into, int row, int stride) {
    int whole = count / Lanes.COUNT * Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      IntVector two = IntVector.fromArray(Lanes.INTS, words, at + i);
      two.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats().intoArray(into, row + i);
      two.and(HIGH).reinterpretAsFloats().intoArray(into, row + stride + i);
    }
    for (int i = whole; i < count; i++) {
      into[row + i] = Float.intBitsToFloat(words[at + i] << Short.SIZE);
      into[row + stride + i] = Float.intBitsToFloat(words[at + i] & HIGH);
    }
  }

  /**
   * Has some heads' keys of a block brought from memory at once, which takes less time than
   * multiplying does that waits for one line after the other.
   *
   * @return a number that depends on all of them
   */
  int fetchKeys(int block, int head, int heads) {
    return fetch(keys, words(block, head), words(block, head + heads));
  }

  /** The same for values. */
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
