package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.LSHL;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jspecify.annotations.Nullable;

/**
 * A matrix of weights in bfloat16, the upper half of a float32, and once more in 12 bits for single
 * rows. Both halves of a word are multiplied at once, which saves 8 rows an eighth of the time.
 */
final class Bfloat16Matrix extends WordMatrix {
  private static final int PARTS = 2;
  private static final int HIGH = 0xffff0000;

  private final @Nullable Float12Matrix forOneRow;

  /**
   * @param in even
   */
  Bfloat16Matrix(int out, int in, RowOrder order, RowReader source) {
    this(out, in, order, source, true);
  }

  /**
   * @param forAnyRows whether it can multiply more than one row, too
   */
  Bfloat16Matrix(int out, int in, RowOrder order, RowReader source, boolean forAnyRows) {
    super(out, in, order, PARTS, forAnyRows);
    this.forOneRow =
        in % Float12Matrix.PARTS == 0 ? new Float12Matrix(numUnits() * BLOCKS_A_UNIT, in) : null;
    pack(source);
  }

  @Override
  void prepare(int block, int rows, float[] weights) {
    if (forOneRow != null) {
      forOneRow.pack(block, rows, weights);
    }
  }

  @Override
  int word(float[] weights, int at, int output) {
    return Bfloat16.bits(weights[at]) | Bfloat16.bits(weights[at + 1]) << Short.SIZE;
  }

  @Override
  FloatVector top(IntVector word) {
    return word.and(HIGH).reinterpretAsFloats();
  }

  @Override
  void widen(int unit, int column, int depth, float[] panel, int at) {
    int first = unit * unitLength() + column / PARTS * STEP;
    int end = first + depth / PARTS * STEP;
    int into = at;
    for (int k = first; k < end; k += STEP) {
      IntVector w = IntVector.fromArray(INTS, words(), k);
      IntVector v = IntVector.fromArray(INTS, words(), k + Lanes.COUNT);
      Bfloat16.ofLow(w).intoArray(panel, into);
      Bfloat16.ofLow(v).intoArray(panel, into + Lanes.COUNT);
      Bfloat16.ofHigh(w).intoArray(panel, into + STEP);
      Bfloat16.ofHigh(v).intoArray(panel, into + STEP + Lanes.COUNT);
      into += PARTS * STEP;
    }
  }

  /** Both at once: what is stored does not keep the arithmetic from anything. */
  @Override
  void widenAndMultiply(
      int unit, int column, int depth, float[] panel, int at, int rows, float[] x, float[] y) {
    int first = unit * unitLength() + column / PARTS * STEP;
    int end = first + depth / PARTS * STEP;
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, 0);
    FloatVector b0 = FloatVector.fromArray(FLOATS, y, Lanes.COUNT);
    FloatVector a1 = FloatVector.fromArray(FLOATS, y, STEP);
    FloatVector b1 = FloatVector.fromArray(FLOATS, y, STEP + Lanes.COUNT);
    FloatVector a2 = FloatVector.fromArray(FLOATS, y, 2 * STEP);
    FloatVector b2 = FloatVector.fromArray(FLOATS, y, 2 * STEP + Lanes.COUNT);
    FloatVector a3 = FloatVector.fromArray(FLOATS, y, 3 * STEP);
    FloatVector b3 = FloatVector.fromArray(FLOATS, y, 3 * STEP + Lanes.COUNT);
    int i = column * MicroKernel.GROUP;
    int into = at;
    for (int k = first; k < end; k += STEP) {
      IntVector w = IntVector.fromArray(INTS, words(), k);
      IntVector v = IntVector.fromArray(INTS, words(), k + Lanes.COUNT);
      FloatVector w0 = Bfloat16.ofLow(w);
      FloatVector v0 = Bfloat16.ofLow(v);
      w0.intoArray(panel, into);
      v0.intoArray(panel, into + Lanes.COUNT);
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
      FloatVector w1 = Bfloat16.ofHigh(w);
      FloatVector v1 = Bfloat16.ofHigh(v);
      w1.intoArray(panel, into + STEP);
      v1.intoArray(panel, into + STEP + Lanes.COUNT);
      FloatVector x10 = FloatVector.broadcast(FLOATS, x[i + 4]);
      a0 = w1.fma(x10, a0);
      b0 = v1.fma(x10, b0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, x[i + 5]);
      a1 = w1.fma(x11, a1);
      b1 = v1.fma(x11, b1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, x[i + 6]);
      a2 = w1.fma(x12, a2);
      b2 = v1.fma(x12, b2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, x[i + 7]);
      a3 = w1.fma(x13, a3);
      b3 = v1.fma(x13, b3);
      i += PARTS * MicroKernel.GROUP;
      into += PARTS * STEP;
    }
    a0.intoArray(y, 0);
    b0.intoArray(y, Lanes.COUNT);
    a1.intoArray(y, STEP);
    b1.intoArray(y, STEP + Lanes.COUNT);
    a2.intoArray(y, 2 * STEP);
    b2.intoArray(y, 2 * STEP + Lanes.COUNT);
    a3.intoArray(y, 3 * STEP);
    b3.intoArray(y, 3 * STEP + Lanes.COUNT);
  }

  @Override
  void row(int unit, float[] x, int xAt, float[] y, int yAt) {
    if (forOneRow == null) {
      super.row(unit, x, xAt, y, yAt);
      return;
    }
    forOneRow.multiply(unit * BLOCKS_A_UNIT, x, xAt, y, yAt);
    forOneRow.multiply(unit * BLOCKS_A_UNIT + 1, x, xAt, y, yAt + Lanes.COUNT);
  }

  @Override
  void fourRows(int unit, float[] x, int xAt, float[] y, int yAt) {
    int first = unit * unitLength();
    int end = first + unitLength();
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector a2 = FloatVector.zero(FLOATS);
    FloatVector a3 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    FloatVector b2 = FloatVector.zero(FLOATS);
    FloatVector b3 = FloatVector.zero(FLOATS);
    int at = xAt;
    for (int k = first; k < end; k += STEP) {
      IntVector w = IntVector.fromArray(INTS, words(), k);
      IntVector v = IntVector.fromArray(INTS, words(), k + Lanes.COUNT);
      FloatVector w0 = w.lanewise(LSHL, Short.SIZE).reinterpretAsFloats();
      FloatVector v0 = v.lanewise(LSHL, Short.SIZE).reinterpretAsFloats();
      FloatVector x00 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = w0.fma(x00, a0);
      b0 = v0.fma(x00, b0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, x[at + 1]);
      a1 = w0.fma(x01, a1);
      b1 = v0.fma(x01, b1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, x[at + 2]);
      a2 = w0.fma(x02, a2);
      b2 = v0.fma(x02, b2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, x[at + 3]);
      a3 = w0.fma(x03, a3);
      b3 = v0.fma(x03, b3);
      FloatVector w1 = w.and(HIGH).reinterpretAsFloats();
      FloatVector v1 = v.and(HIGH).reinterpretAsFloats();
      FloatVector x10 = FloatVector.broadcast(FLOATS, x[at + 4]);
      a0 = w1.fma(x10, a0);
      b0 = v1.fma(x10, b0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, x[at + 5]);
      a1 = w1.fma(x11, a1);
      b1 = v1.fma(x11, b1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, x[at + 6]);
      a2 = w1.fma(x12, a2);
      b2 = v1.fma(x12, b2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, x[at + 7]);
      a3 = w1.fma(x13, a3);
      b3 = v1.fma(x13, b3);
      at += 8;
    }
    int stride = stride();
    a0.intoArray(y, yAt);
    b0.intoArray(y, yAt + Lanes.COUNT);
    a1.intoArray(y, yAt + stride);
    b1.intoArray(y, yAt + stride + Lanes.COUNT);
    a2.intoArray(y, yAt + 2 * stride);
    b2.intoArray(y, yAt + 2 * stride + Lanes.COUNT);
    a3.intoArray(y, yAt + 3 * stride);
    b3.intoArray(y, yAt + 3 * stride + Lanes.COUNT);
  }

  /**
   * Adds the sums of a group of eight rows, both halves of a word at once. Unrolled by hand, and so
   * exempt from the house's limit on the length of methods: sums in variables of their own stay in
   * registers, sums in an array would not.
   */
  @Override
  void eightRows(int unit, float[] x, int xAt, float[] y, int yAt) {
    int first = unit * unitLength();
    int end = first + unitLength();
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = FloatVector.zero(FLOATS);
    FloatVector a2 = FloatVector.zero(FLOATS);
    FloatVector a3 = FloatVector.zero(FLOATS);
    FloatVector a4 = FloatVector.zero(FLOATS);
    FloatVector a5 = FloatVector.zero(FLOATS);
    FloatVector a6 = FloatVector.zero(FLOATS);
    FloatVector a7 = FloatVector.zero(FLOATS);
    FloatVector b0 = FloatVector.zero(FLOATS);
    FloatVector b1 = FloatVector.zero(FLOATS);
    FloatVector b2 = FloatVector.zero(FLOATS);
    FloatVector b3 = FloatVector.zero(FLOATS);
    FloatVector b4 = FloatVector.zero(FLOATS);
    FloatVector b5 = FloatVector.zero(FLOATS);
    FloatVector b6 = FloatVector.zero(FLOATS);
    FloatVector b7 = FloatVector.zero(FLOATS);
    int at = xAt;
    for (int k = first; k < end; k += STEP) {
      IntVector w = IntVector.fromArray(INTS, words(), k);
      IntVector v = IntVector.fromArray(INTS, words(), k + Lanes.COUNT);
      FloatVector w0 = w.lanewise(LSHL, Short.SIZE).reinterpretAsFloats();
      FloatVector v0 = v.lanewise(LSHL, Short.SIZE).reinterpretAsFloats();
      FloatVector x00 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = w0.fma(x00, a0);
      b0 = v0.fma(x00, b0);
      FloatVector x01 = FloatVector.broadcast(FLOATS, x[at + 1]);
      a1 = w0.fma(x01, a1);
      b1 = v0.fma(x01, b1);
      FloatVector x02 = FloatVector.broadcast(FLOATS, x[at + 2]);
      a2 = w0.fma(x02, a2);
      b2 = v0.fma(x02, b2);
      FloatVector x03 = FloatVector.broadcast(FLOATS, x[at + 3]);
      a3 = w0.fma(x03, a3);
      b3 = v0.fma(x03, b3);
      FloatVector x04 = FloatVector.broadcast(FLOATS, x[at + 4]);
      a4 = w0.fma(x04, a4);
      b4 = v0.fma(x04, b4);
      FloatVector x05 = FloatVector.broadcast(FLOATS, x[at + 5]);
      a5 = w0.fma(x05, a5);
      b5 = v0.fma(x05, b5);
      FloatVector x06 = FloatVector.broadcast(FLOATS, x[at + 6]);
      a6 = w0.fma(x06, a6);
      b6 = v0.fma(x06, b6);
      FloatVector x07 = FloatVector.broadcast(FLOATS, x[at + 7]);
      a7 = w0.fma(x07, a7);
      b7 = v0.fma(x07, b7);
      FloatVector w1 = w.and(HIGH).reinterpretAsFloats();
      FloatVector v1 = v.and(HIGH).reinterpretAsFloats();
      FloatVector x10 = FloatVector.broadcast(FLOATS, x[at + 8]);
      a0 = w1.fma(x10, a0);
      b0 = v1.fma(x10, b0);
      FloatVector x11 = FloatVector.broadcast(FLOATS, x[at + 9]);
      a1 = w1.fma(x11, a1);
      b1 = v1.fma(x11, b1);
      FloatVector x12 = FloatVector.broadcast(FLOATS, x[at + 10]);
      a2 = w1.fma(x12, a2);
      b2 = v1.fma(x12, b2);
      FloatVector x13 = FloatVector.broadcast(FLOATS, x[at + 11]);
      a3 = w1.fma(x13, a3);
      b3 = v1.fma(x13, b3);
      FloatVector x14 = FloatVector.broadcast(FLOATS, x[at + 12]);
      a4 = w1.fma(x14, a4);
      b4 = v1.fma(x14, b4);
      FloatVector x15 = FloatVector.broadcast(FLOATS, x[at + 13]);
      a5 = w1.fma(x15, a5);
      b5 = v1.fma(x15, b5);
      FloatVector x16 = FloatVector.broadcast(FLOATS, x[at + 14]);
      a6 = w1.fma(x16, a6);
      b6 = v1.fma(x16, b6);
      FloatVector x17 = FloatVector.broadcast(FLOATS, x[at + 15]);
      a7 = w1.fma(x17, a7);
      b7 = v1.fma(x17, b7);
      at += 16;
    }
    int stride = stride();
    a0.intoArray(y, yAt);
    b0.intoArray(y, yAt + Lanes.COUNT);
    a1.intoArray(y, yAt + stride);
    b1.intoArray(y, yAt + stride + Lanes.COUNT);
    a2.intoArray(y, yAt + 2 * stride);
    b2.intoArray(y, yAt + 2 * stride + Lanes.COUNT);
    a3.intoArray(y, yAt + 3 * stride);
    b3.intoArray(y, yAt + 3 * stride + Lanes.COUNT);
    a4.intoArray(y, yAt + 4 * stride);
    b4.intoArray(y, yAt + 4 * stride + Lanes.COUNT);
    a5.intoArray(y, yAt + 5 * stride);
    b5.intoArray(y, yAt + 5 * stride + Lanes.COUNT);
    a6.intoArray(y, yAt + 6 * stride);
    b6.intoArray(y, yAt + 6 * stride + Lanes.COUNT);
    a7.intoArray(y, yAt + 7 * stride);
    b7.intoArray(y, yAt + 7 * stride + Lanes.COUNT);
  }
}
