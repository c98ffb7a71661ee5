package io.millrace.engine.decoder.gemm;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.Rounding;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Rows of activations in uint8 in native memory, with a scale and a least number for each block of
 * inputs. They are {@link HadamardRotation rotated}, because a few large inputs would leave nothing
 * of the others. The four bytes of a word are a vector apart, so that four vectors become one of
 * words without moving anything between lanes.
 */
final class Int8Activations {
  /** Inputs of a block, but for the last one, which may have fewer. */
  static final int BLOCK = PanelMatrix.MOST_DEPTH;

  /** Inputs of four vectors. */
  static final int RUN = 4 * Lanes.COUNT;

  private static final int STEPS = 0xff;
  private static final int WORDS_A_RUN = RUN / Integer.BYTES;

  private final Gemm gemm;
  private final int in;
  private final int stride;
  private final HadamardRotation rotation;
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
    this.rotation = new HadamardRotation(in);
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
    ByteBuffer memory = Activations.aligned((long) rows * stride);
    words = memory.asIntBuffer();
    address = gemm.address(memory);
    scales = new float[rows * numBlocks(in)];
    leasts = new float[scales.length];
    capacity = rows;
  }

  int stride() {
    return stride;
  }

  long address(int row) {
    return address + (long) row * stride;
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
   * @param numbers [in] which are lost
   * @param bytes room for the row's words
   */
  void take(int row, float[] numbers, int[] bytes) {
    rotation.apply(numbers, 0);
    for (int block = 0; block < numBlocks(in); block++) {
      int first = block * BLOCK;
      take(row, block, numbers, first, Math.min(in, first + BLOCK), bytes);
    }
    words.put(row * stride / Integer.BYTES, bytes, 0, in / Integer.BYTES);
  }

  private void take(int row, int block, float[] numbers, int begin, int end, int[] bytes) {
    FloatVector low = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    FloatVector high = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = begin; i < end; i += Lanes.COUNT) {
      FloatVector vector = FloatVector.fromArray(FLOATS, numbers, i);
      low = vector.min(low);
      high = vector.max(high);
    }
    float least = low.reduceLanes(MIN);
    float range = high.reduceLanes(MAX) - least;
    int place = row * numBlocks(in) + block;
    scales[place] = range / STEPS;
    leasts[place] = least;
    float steps = range == 0 ? 0 : STEPS / range;
    for (int i = begin; i < end; i += RUN) {
      IntVector first = steps(numbers, i, least, steps);
      IntVector second = steps(numbers, i + Lanes.COUNT, least, steps);
      IntVector third = steps(numbers, i + 2 * Lanes.COUNT, least, steps);
      IntVector fourth = steps(numbers, i + 3 * Lanes.COUNT, least, steps);
      IntVector upper = fourth.lanewise(LSHL, Byte.SIZE).or(third);
      second
          .lanewise(LSHL, Byte.SIZE)
          .or(first)
          .or(upper.lanewise(LSHL, Short.SIZE))
          .intoArray(bytes, i / Integer.BYTES);
    }
  }

  private static IntVector steps(float[] numbers, int at, float least, float steps) {
    return Rounding.round(FloatVector.fromArray(FLOATS, numbers, at).sub(least).mul(steps));
  }
}
