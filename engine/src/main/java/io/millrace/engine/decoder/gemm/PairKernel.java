package io.millrace.engine.decoder.gemm;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;

import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Multiplication of few float32 rows by a matrix of {@link Pairs}, which is bound by how fast the
 * matrix is read: it is widened in registers, two vectors of columns at a time.
 *
 * <p>Each sum is added up as instructions for pairs do: a word's upper half, then its lower one.
 *
 * <p>Unrolled by hand for each number of rows: sums in variables of their own stay in registers,
 * sums in an array would not.
 */
final class PairKernel {
  private static final int COUNT = Lanes.COUNT;
  private static final int WIDE = 2 * COUNT;
  private static final int FOUR = 4;
  private static final int THREE = 3;
  private static final int TWO = 2;

  private PairKernel() {}

  /** Index in a row of the number that a word's lower half is multiplied by. */
  static int low(int word) {
    return word + (word & -COUNT);
  }

  /**
   * Adds products: y += x * matrix.
   *
   * @param words [depth, columns] from {@code at} on
   * @param x [rows, xStride] from {@code xAt} on: the number for a word's lower half at {@link
   *     #low}, that for the upper one a vector behind
   * @param y [rows, yStride] from {@code yAt} on
   */
  static void multiply(
      int rows,
      int[] words,
      int at,
      int depth,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    int row = 0;
    while (row < rows) {
      int left = rows - row;
      int from = xAt + row * xStride;
      int to = yAt + row * yStride;
      int column = 0;
      for (; column + WIDE <= columns; column += WIDE) {
        if (left >= FOUR) {
          four(words, at + column, depth, columns, x, from, xStride, y, to + column, yStride);
        } else if (left == THREE) {
          three(words, at + column, depth, columns, x, from, xStride, y, to + column, yStride);
        } else if (left == TWO) {
          two(words, at + column, depth, columns, x, from, xStride, y, to + column, yStride);
        } else {
          one(words, at + column, depth, columns, x, from, y, to + column);
        }
      }
      for (int i = 0; i < Math.min(left, FOUR); i++) {
        tail(words, at, depth, columns, column, x, from + i * xStride, y, to + i * yStride);
      }
      row += FOUR;
    }
  }

  private static void four(
      int[] words,
      int at,
      int depth,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    FloatVector a2 = FloatVector.zero(FLOATS);
    FloatVector b2 = FloatVector.zero(FLOATS);
    FloatVector a3 = FloatVector.zero(FLOATS);
    FloatVector b3 = FloatVector.zero(FLOATS);
    int k = at;
    for (int word = 0; word < depth; word++) {
      IntVector w = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + COUNT);
      int i = xAt + low(word);
      FloatVector wHigh = Bfloat16.ofHigh(w);
      FloatVector vHigh = Bfloat16.ofHigh(v);
      FloatVector h0 = FloatVector.broadcast(FLOATS, x[i + COUNT]);
      a0 = wHigh.fma(h0, a0);
      b0 = vHigh.fma(h0, b0);
      FloatVector h1 = FloatVector.broadcast(FLOATS, x[i + xStride + COUNT]);
      a1 = wHigh.fma(h1, a1);
      b1 = vHigh.fma(h1, b1);
      FloatVector h2 = FloatVector.broadcast(FLOATS, x[i + 2 * xStride + COUNT]);
      a2 = wHigh.fma(h2, a2);
      b2 = vHigh.fma(h2, b2);
      FloatVector h3 = FloatVector.broadcast(FLOATS, x[i + 3 * xStride + COUNT]);
      a3 = wHigh.fma(h3, a3);
      b3 = vHigh.fma(h3, b3);
      FloatVector wLow = Bfloat16.ofLow(w);
      FloatVector vLow = Bfloat16.ofLow(v);
      FloatVector l0 = FloatVector.broadcast(FLOATS, x[i]);
      a0 = wLow.fma(l0, a0);
      b0 = vLow.fma(l0, b0);
      FloatVector l1 = FloatVector.broadcast(FLOATS, x[i + xStride]);
      a1 = wLow.fma(l1, a1);
      b1 = vLow.fma(l1, b1);
      FloatVector l2 = FloatVector.broadcast(FLOATS, x[i + 2 * xStride]);
      a2 = wLow.fma(l2, a2);
      b2 = vLow.fma(l2, b2);
      FloatVector l3 = FloatVector.broadcast(FLOATS, x[i + 3 * xStride]);
      a3 = wLow.fma(l3, a3);
      b3 = vLow.fma(l3, b3);
      k += columns;
    }
    add(a0, b0, y, yAt);
    add(a1, b1, y, yAt + yStride);
    add(a2, b2, y, yAt + 2 * yStride);
    add(a3, b3, y, yAt + 3 * yStride);
  }

  private static void three(
      int[] words,
      int at,
      int depth,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    FloatVector a2 = FloatVector.zero(FLOATS);
    FloatVector b2 = FloatVector.zero(FLOATS);
    int k = at;
    for (int word = 0; word < depth; word++) {
      IntVector w = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + COUNT);
      int i = xAt + low(word);
      FloatVector wHigh = Bfloat16.ofHigh(w);
      FloatVector vHigh = Bfloat16.ofHigh(v);
      FloatVector h0 = FloatVector.broadcast(FLOATS, x[i + COUNT]);
      a0 = wHigh.fma(h0, a0);
      b0 = vHigh.fma(h0, b0);
      FloatVector h1 = FloatVector.broadcast(FLOATS, x[i + xStride + COUNT]);
      a1 = wHigh.fma(h1, a1);
      b1 = vHigh.fma(h1, b1);
      FloatVector h2 = FloatVector.broadcast(FLOATS, x[i + 2 * xStride + COUNT]);
      a2 = wHigh.fma(h2, a2);
      b2 = vHigh.fma(h2, b2);
      FloatVector wLow = Bfloat16.ofLow(w);
      FloatVector vLow = Bfloat16.ofLow(v);
      FloatVector l0 = FloatVector.broadcast(FLOATS, x[i]);
      a0 = wLow.fma(l0, a0);
      b0 = vLow.fma(l0, b0);
      FloatVector l1 = FloatVector.broadcast(FLOATS, x[i + xStride]);
      a1 = wLow.fma(l1, a1);
      b1 = vLow.fma(l1, b1);
      FloatVector l2 = FloatVector.broadcast(FLOATS, x[i + 2 * xStride]);
      a2 = wLow.fma(l2, a2);
      b2 = vLow.fma(l2, b2);
      k += columns;
    }
    add(a0, b0, y, yAt);
    add(a1, b1, y, yAt + yStride);
    add(a2, b2, y, yAt + 2 * yStride);
  }

  private static void two(
      int[] words,
      int at,
      int depth,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    int k = at;
    for (int word = 0; word < depth; word++) {
      IntVector w = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + COUNT);
      int i = xAt + low(word);
      FloatVector wHigh = Bfloat16.ofHigh(w);
      FloatVector vHigh = Bfloat16.ofHigh(v);
      FloatVector h0 = FloatVector.broadcast(FLOATS, x[i + COUNT]);
      a0 = wHigh.fma(h0, a0);
      b0 = vHigh.fma(h0, b0);
      FloatVector h1 = FloatVector.broadcast(FLOATS, x[i + xStride + COUNT]);
      a1 = wHigh.fma(h1, a1);
      b1 = vHigh.fma(h1, b1);
      FloatVector wLow = Bfloat16.ofLow(w);
      FloatVector vLow = Bfloat16.ofLow(v);
      FloatVector l0 = FloatVector.broadcast(FLOATS, x[i]);
      a0 = wLow.fma(l0, a0);
      b0 = vLow.fma(l0, b0);
      FloatVector l1 = FloatVector.broadcast(FLOATS, x[i + xStride]);
      a1 = wLow.fma(l1, a1);
      b1 = vLow.fma(l1, b1);
      k += columns;
    }
    add(a0, b0, y, yAt);
    add(a1, b1, y, yAt + yStride);
  }

  private static void one(
      int[] words, int at, int depth, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    int k = at;
    for (int word = 0; word < depth; word++) {
      IntVector w = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + COUNT);
      int i = xAt + low(word);
      FloatVector h0 = FloatVector.broadcast(FLOATS, x[i + COUNT]);
      a0 = Bfloat16.ofHigh(w).fma(h0, a0);
      b0 = Bfloat16.ofHigh(v).fma(h0, b0);
      FloatVector l0 = FloatVector.broadcast(FLOATS, x[i]);
      a0 = Bfloat16.ofLow(w).fma(l0, a0);
      b0 = Bfloat16.ofLow(v).fma(l0, b0);
      k += columns;
    }
    add(a0, b0, y, yAt);
  }

  private static void add(FloatVector a, FloatVector b, float[] y, int at) {
    FloatVector.fromArray(FLOATS, y, at).add(a).intoArray(y, at);
    FloatVector.fromArray(FLOATS, y, at + COUNT).add(b).intoArray(y, at + COUNT);
  }

  /** One row's products with the columns from {@code first} on. */
  private static void tail(
      int[] words,
      int at,
      int depth,
      int columns,
      int first,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    for (int column = first; column < columns; column++) {
      float sum = 0;
      for (int word = 0; word < depth; word++) {
        int pair = words[at + word * columns + column];
        int i = xAt + low(word);
        sum = Math.fma(Bfloat16.of(pair >>> Short.SIZE), x[i + COUNT], sum);
        sum = Math.fma(Bfloat16.of(pair), x[i], sum);
      }
      y[yAt + column] += sum;
    }
  }
}
