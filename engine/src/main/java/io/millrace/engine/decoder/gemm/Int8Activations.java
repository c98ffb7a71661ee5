package io.millrace.engine.decoder.gemm;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.Rounding;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Rows of activations in 16 bits in native memory, as two rows of uint8 each, of the upper and of
 * the lower bytes, with a scale and a least number for each block of inputs. With 8 bits alone, a
 * few large inputs would leave nothing of the others; a second row costs nothing where reading
 * weights takes the time. The four bytes of a word are a vector apart, so that four vectors become
 * one of words without moving anything between lanes.
 */
final class Int8Activations {
  /** Inputs of a block, but for the last one, which may have fewer. */
  static final int BLOCK = PanelMatrix.MOST_DEPTH;

  /** Inputs of four vectors. */
  static final int RUN = 4 * Lanes.COUNT;

  /** Rows of bytes of a row. */
  static final int ROWS = 2;

  private static final int STEPS = 0xffff;
  private static final int WORDS_A_RUN = RUN / Integer.BYTES;

  private static final int LOWER = 0x00ff00ff;

  private final Gemm gemm;
  private final int in;
  private final int stride;
  private int capacity;
  private IntBuffer words = IntBuffer.allocate(0);
  private long address;
  private float[] scales = {};
  private float[] leasts = {};

  /**
   * @param in inputs, whole runs
   * @param stride bytes from one row to the next
   */
  Int8Activations(Gemm gemm, int in, int stride) {
    this.gemm = gemm;
    this.in = in;
    this.stride = stride;
  }

  static int numBlocks(int in) {
    return (in + BLOCK - 1) / BLOCK;
  }

  /**
   * Index of the word that holds an input. The inputs of a word are {@link Lanes#COUNT} apart, the
   * first in the lowest byte.
   */
  static int word(int input) {
    return input / RUN * WORDS_A_RUN + input % Lanes.COUNT;
  }

  /** Makes room for rows; the content is lost. */
  void reserve(int rows) {
    if (rows <= capacity) {
      return;
    }
    ByteBuffer memory = Activations.aligned((long) rows * ROWS * stride);
    words = memory.asIntBuffer();
    address = gemm.address(memory);
    scales = new float[rows * numBlocks(in)];
    leasts = new float[scales.length];
    capacity = rows;
  }

  int stride() {
    return stride;
  }

  /** Address of a row's upper bytes; the lower ones are a stride further. */
  long address(int row) {
    return address + (long) row * ROWS * stride;
  }

  /** What a step of a row's numbers in a block is worth. */
  float scale(int row, int block) {
    return scales[row * numBlocks(in) + block];
  }

  /** The number that 0 stands for. */
  float least(int row, int block) {
    return leasts[row * numBlocks(in) + block];
  }

  /**
   * Rounds a row.
   *
   * @param line [in] its numbers in {@link Pairs} in the first half, which are lost
   */
  void take(int row, int[] line) {
    for (int block = 0; block < numBlocks(in); block++) {
      int first = block * BLOCK;
      take(row, block, line, first / 2, Math.min(in, first + BLOCK) / 2);
    }
    int into = row * ROWS * stride / Integer.BYTES;
    words.put(into, line, in / 2, in / Integer.BYTES);
    words.put(into + stride / Integer.BYTES, line, 0, in / Integer.BYTES);
  }

  /** Rounds a block: lower bytes go where its pairs have been, upper ones to the second half. */
  private void take(int row, int block, int[] line, int begin, int end) {
    FloatVector low = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    FloatVector high = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = begin; i < end; i += Lanes.COUNT) {
      IntVector words = IntVector.fromArray(INTS, line, i);
      FloatVector first = Bfloat16.ofLow(words);
      FloatVector second = Bfloat16.ofHigh(words);
      low = first.min(second).min(low);
      high = first.max(second).max(high);
    }
    float least = low.reduceLanes(MIN);
    float range = high.reduceLanes(MAX) - least;
    int place = row * numBlocks(in) + block;
    scales[place] = range / STEPS;
    leasts[place] = least;
    float steps = range == 0 ? 0 : STEPS / range;
    for (int i = begin; i < end; i += 2 * Lanes.COUNT) {
      IntVector near = IntVector.fromArray(INTS, line, i);
      IntVector far = IntVector.fromArray(INTS, line, i + Lanes.COUNT);
      IntVector first = steps(Bfloat16.ofLow(near), least, steps);
      IntVector second = steps(Bfloat16.ofHigh(near), least, steps);
      IntVector third = steps(Bfloat16.ofLow(far), least, steps);
      IntVector fourth = steps(Bfloat16.ofHigh(far), least, steps);
      // Bytes of two numbers at a time: the upper ones of one beside those of the other.
      IntVector odd = first.or(third.lanewise(LSHL, Short.SIZE));
      IntVector even = second.or(fourth.lanewise(LSHL, Short.SIZE));
      odd.and(LOWER).or(even.and(LOWER).lanewise(LSHL, Byte.SIZE)).intoArray(line, i / 2);
      odd.lanewise(LSHR, Byte.SIZE).and(LOWER).or(even.and(~LOWER)).intoArray(line, (in + i) / 2);
    }
  }

  private static IntVector steps(FloatVector numbers, float least, float steps) {
    return Rounding.round(numbers.sub(least).mul(steps));
  }
}
