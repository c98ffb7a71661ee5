package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;

import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;

/**
 * The micro-kernel of matrix multiplications (Goto and van de Geijn, "Anatomy of High-Performance
 * Matrix Multiplication"): a few rows by one panel, two vectors wide. Four rows have eight sums, as
 * many as two units for fused multiply-adds keep busy; six would just fit into the sixteen
 * registers of AVX2, but the compiler needs some for itself.
 *
 * <p>It runs out of them, too, where it unrolls loops as it sees fit, and how it sees that depends
 * on what it has counted until then. So they are unrolled by hand, and their step is a variable,
 * which keeps it from doing more.
 *
 * <p>Each sum is added up in the order of the panel's rows, however many rows are computed
 * together.
 */
final class MicroKernel {
  /** Rows of a group, and the most that are computed at once. */
  static final int GROUP = 4;

  /** Columns of a panel. */
  static final int WIDTH = LayerCache.PANEL;

  private static final int TWO = 2;

  /** Columns of the inputs that are computed at once; their number is a multiple of it. */
  static final int COLUMNS = 2;

  // Not final: see above.
  private static int panelStep = COLUMNS * WIDTH;
  private static int inputStep = COLUMNS * GROUP;

  private MicroKernel() {}

  /**
   * Adds the products of a group's rows and a panel: y += x * panel. With fewer rows than a group
   * has, up to one more is computed.
   *
   * @param rows 1 to {@link #GROUP}
   * @param panel [depth, WIDTH] from {@code at} on
   * @param depth a multiple of {@link #COLUMNS}
   * @param x [depth, GROUP] from {@code xAt} on
   * @param y [rows, stride] from {@code yAt} on
   */
  static void multiply(
      int rows,
      float[] panel,
      int at,
      int depth,
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int stride) {
    if (rows > TWO) {
      four(panel, at, depth, x, xAt, y, yAt, stride);
    } else {
      two(panel, at, depth, x, xAt, y, yAt, stride);
    }
  }

  /**
   * Unrolled by hand: sums in variables of their own stay in registers, sums in an array would not.
   */
  private static void four(
      float[] panel, int at, int depth, float[] x, int xAt, float[] y, int yAt, int stride) {
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b0 = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    FloatVector a1 = FloatVector.fromArray(FLOATS, y, yAt + stride);
    FloatVector b1 = FloatVector.fromArray(FLOATS, y, yAt + stride + Lanes.COUNT);
    FloatVector a2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride);
    FloatVector b2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride + Lanes.COUNT);
    FloatVector a3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride);
    FloatVector b3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride + Lanes.COUNT);
    int i = xAt;
    int end = at + depth * WIDTH;
    for (int k = at; k < end; k += panelStep) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, panel, k);
      FloatVector v0 = FloatVector.fromArray(FLOATS, panel, k + Lanes.COUNT);
      FloatVector x00 = FloatVector.broadcast(FLOATS, x[i]);
      a0 = w0.fma(x00, a0);
      b0 = v0.fma(x00, b0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, x[i + 1]);
      a1 = w0.fma(x01, a1);
      b1 = v0.fma(x01, b1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, x[i + 2]);
      a2 = w0.fma(x02, a2);
      b2 = v0.fma(x02, b2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, x[i + 3]);
      a3 = w0.fma(x03, a3);
      b3 = v0.fma(x03, b3);
      FloatVector w1 = FloatVector.fromArray(FLOATS, panel, k + WIDTH);
      FloatVector v1 = FloatVector.fromArray(FLOATS, panel, k + WIDTH + Lanes.COUNT);
      FloatVector x10 = FloatVector.broadcast(FLOATS, x[i + GROUP]);
      a0 = w1.fma(x10, a0);
      b0 = v1.fma(x10, b0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, x[i + GROUP + 1]);
      a1 = w1.fma(x11, a1);
      b1 = v1.fma(x11, b1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, x[i + GROUP + 2]);
      a2 = w1.fma(x12, a2);
      b2 = v1.fma(x12, b2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, x[i + GROUP + 3]);
      a3 = w1.fma(x13, a3);
      b3 = v1.fma(x13, b3);
      i += inputStep;
    }
    a0.intoArray(y, yAt);
    b0.intoArray(y, yAt + Lanes.COUNT);
    a1.intoArray(y, yAt + stride);
    b1.intoArray(y, yAt + stride + Lanes.COUNT);
    a2.intoArray(y, yAt + 2 * stride);
    b2.intoArray(y, yAt + 2 * stride + Lanes.COUNT);
    a3.intoArray(y, yAt + 3 * stride);
    b3.intoArray(y, yAt + 3 * stride + Lanes.COUNT);
  }

  private static void two(
      float[] panel, int at, int depth, float[] x, int xAt, float[] y, int yAt, int stride) {
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b0 = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    FloatVector a1 = FloatVector.fromArray(FLOATS, y, yAt + stride);
    FloatVector b1 = FloatVector.fromArray(FLOATS, y, yAt + stride + Lanes.COUNT);
    int i = xAt;
    int end = at + depth * WIDTH;
    for (int k = at; k < end; k += panelStep) {
      FloatVector w0 = FloatVector.fromArray(FLOATS, panel, k);
      FloatVector v0 = FloatVector.fromArray(FLOATS, panel, k + Lanes.COUNT);
      FloatVector x00 = FloatVector.broadcast(FLOATS, x[i]);
      a0 = w0.fma(x00, a0);
      b0 = v0.fma(x00, b0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, x[i + 1]);
      a1 = w0.fma(x01, a1);
      b1 = v0.fma(x01, b1);
      FloatVector w1 = FloatVector.fromArray(FLOATS, panel, k + WIDTH);
      FloatVector v1 = FloatVector.fromArray(FLOATS, panel, k + WIDTH + Lanes.COUNT);
      FloatVector x10 = FloatVector.broadcast(FLOATS, x[i + GROUP]);
      a0 = w1.fma(x10, a0);
      b0 = v1.fma(x10, b0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, x[i + GROUP + 1]);
      a1 = w1.fma(x11, a1);
      b1 = v1.fma(x11, b1);
      i += inputStep;
    }
    a0.intoArray(y, yAt);
    b0.intoArray(y, yAt + Lanes.COUNT);
    a1.intoArray(y, yAt + stride);
    b1.intoArray(y, yAt + stride + Lanes.COUNT);
  }
}
