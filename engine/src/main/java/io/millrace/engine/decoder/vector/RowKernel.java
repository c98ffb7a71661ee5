package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;

import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;

/** Multiplication of few rows by a matrix in float32, bound by how fast the matrix is read. */
final class RowKernel {
  private static final int WIDE = 2 * Lanes.COUNT;

  private RowKernel() {}

  /**
   * Adds products: y += x * matrix.
   *
   * @param matrix [depth, columns]
   * @param columns whole vectors
   * @param x [rows, xStride] from {@code xAt} on
   * @param y [rows, yStride] from {@code yAt} on
   */
  static void multiply(
      int rows,
      float[] matrix,
      int depth,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    for (int row = 0; row < rows; row += 2) {
      int from = xAt + row * xStride;
      int to = yAt + row * yStride;
      boolean two = row + 1 < rows;
      int column = 0;
      for (; column + WIDE <= columns; column += WIDE) {
        if (two) {
          two(matrix, column, depth, columns, x, from, xStride, y, to + column, yStride);
        } else {
          one(matrix, column, depth, columns, x, from, y, to + column);
        }
      }
      for (; column < columns; column += Lanes.COUNT) {
        oneVector(matrix, column, depth, columns, x, from, y, to + column);
        if (two) {
          int next = to + yStride + column;
          oneVector(matrix, column, depth, columns, x, from + xStride, y, next);
        }
      }
    }
  }

  private static void two(
      float[] matrix,
      int at,
      int depth,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    FloatVector a = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    FloatVector c = FloatVector.fromArray(FLOATS, y, yAt + yStride);
    FloatVector d = FloatVector.fromArray(FLOATS, y, yAt + yStride + Lanes.COUNT);
    int k = at;
    for (int i = xAt; i < xAt + depth; i++) {
      FloatVector w = FloatVector.fromArray(FLOATS, matrix, k);
      FloatVector v = FloatVector.fromArray(FLOATS, matrix, k + Lanes.COUNT);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[i]);
      a = w.fma(x0, a);
      b = v.fma(x0, b);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[i + xStride]);
      c = w.fma(x1, c);
      d = v.fma(x1, d);
      k += columns;
    }
    a.intoArray(y, yAt);
    b.intoArray(y, yAt + Lanes.COUNT);
    c.intoArray(y, yAt + yStride);
    d.intoArray(y, yAt + yStride + Lanes.COUNT);
  }

  private static void one(
      float[] matrix, int at, int depth, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    int k = at;
    for (int i = xAt; i < xAt + depth; i++) {
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[i]);
      a = FloatVector.fromArray(FLOATS, matrix, k).fma(x0, a);
      b = FloatVector.fromArray(FLOATS, matrix, k + Lanes.COUNT).fma(x0, b);
      k += columns;
    }
    a.intoArray(y, yAt);
    b.intoArray(y, yAt + Lanes.COUNT);
  }

  private static void oneVector(
      float[] matrix, int at, int depth, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector a = FloatVector.fromArray(FLOATS, y, yAt);
    int k = at;
    for (int i = xAt; i < xAt + depth; i++) {
      a = FloatVector.fromArray(FLOATS, matrix, k).fma(FloatVector.broadcast(FLOATS, x[i]), a);
      k += columns;
    }
    a.intoArray(y, yAt);
  }
}
