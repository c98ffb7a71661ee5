package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.LSHL;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.simd.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * A packed matrix of words of 32 bits, which hold one, two or four neighbours of a row, their
 * parts. Several rows are multiplied by one part after the other: a compiled loop has room for
 * sixteen sums and little else, and from the second part on a unit lies in the CPU's caches. The
 * sums are variables because that is what the compiler keeps in registers.
 */
abstract class WordMatrix extends PackedMatrix {
  private final int parts;
  private final int unitLength;
  private final int[] words;

  /**
   * @param out rows
   * @param in columns, a multiple of {@code parts}
   * @param parts weights in a word
   */
  WordMatrix(int out, int in, RowOrder order, int parts) {
    this(out, in, order, parts, true);
  }

  /**
   * @param forAnyRows whether words are kept for any number of rows; else a subclass multiplies
   *     single rows by itself
   */
  WordMatrix(int out, int in, RowOrder order, int parts, boolean forAnyRows) {
    super(out, in, order);
    this.parts = parts;
    this.unitLength = in / parts * STEP;
    this.words = new int[forAnyRows ? Math.multiplyExact(numUnits(), unitLength) : 0];
  }

  final int unitLength() {
    return unitLength;
  }

  final int[] words() {
    return words;
  }

  @Override
  final void multiply(int unit, float[] x, int rows, float[] y) {
    int group = groupOf(rows);
    for (int row = 0; row < rows; row += group) {
      int yAt = row * stride() + unit * STEP;
      for (int i = 0; i < group; i++) {
        Arrays.fill(y, yAt + i * stride(), yAt + i * stride() + STEP, 0);
      }
      multiplyGroup(unit, group, x, row * in(), y, yAt);
      for (int i = 0; i < group; i++) {
        finishUnit(unit, y, yAt + i * stride());
      }
    }
  }

  private void multiplyGroup(int unit, int group, float[] x, int xAt, float[] y, int yAt) {
    if (group == 1) {
      row(unit, x, xAt, y, yAt);
    } else if (group == 4) {
      fourRows(unit, x, xAt, y, yAt);
    } else {
      eightRows(unit, x, xAt, y, yAt);
    }
  }

  /** The weight in a word's upper bits; whatever is below does not matter. */
  abstract FloatVector top(IntVector word);

  /** Bits from a part's end to the word's upper end. */
  private int up(int part) {
    return Integer.SIZE - (part + 1) * Integer.SIZE / parts;
  }

  /**
   * A word of neighbouring weights.
   *
   * @param at index of the first of them
   * @param output index of the output, in packed order
   */
  abstract int word(float[] weights, int at, int output);

  /** Adds the sums of a group of one row to y, which is 0 before. */
  void row(int unit, float[] x, int xAt, float[] y, int yAt) {
    for (int part = 0; part < parts; part++) {
      addRow(unit, part, x, xAt, y, yAt);
    }
  }

  /** Adds the sums of a group of four rows to y, which is 0 before. */
  void fourRows(int unit, float[] x, int xAt, float[] y, int yAt) {
    for (int part = 0; part < parts; part++) {
      addFourRows(unit, part, x, xAt, y, yAt);
    }
  }

  /** Adds the sums of a group of eight rows to y, which is 0 before. */
  void eightRows(int unit, float[] x, int xAt, float[] y, int yAt) {
    for (int part = 0; part < parts; part++) {
      addEightRows(unit, part, x, xAt, y, yAt);
    }
  }

  private void addRow(int unit, int part, float[] x, int xAt, float[] y, int yAt) {
    int up = up(part);
    int end = (unit + 1) * unitLength;
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b0 = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    int at = xAt + part;
    for (int k = unit * unitLength; k < end; k += STEP) {
      FloatVector w = top(IntVector.fromArray(INTS, words, k).lanewise(LSHL, up));
      FloatVector v = top(IntVector.fromArray(INTS, words, k + Lanes.COUNT).lanewise(LSHL, up));
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = w.fma(x0, a0);
      b0 = v.fma(x0, b0);
      at += parts;
    }
    a0.intoArray(y, yAt);
    b0.intoArray(y, yAt + Lanes.COUNT);
  }

  private void addFourRows(int unit, int part, float[] x, int xAt, float[] y, int yAt) {
    int up = up(part);
    int end = (unit + 1) * unitLength;
    int stride = stride();
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b0 = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    FloatVector a1 = FloatVector.fromArray(FLOATS, y, yAt + stride);
    FloatVector b1 = FloatVector.fromArray(FLOATS, y, yAt + stride + Lanes.COUNT);
    FloatVector a2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride);
    FloatVector b2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride + Lanes.COUNT);
    FloatVector a3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride);
    FloatVector b3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride + Lanes.COUNT);
    int at = xAt + part * 4;
    for (int k = unit * unitLength; k < end; k += STEP) {
      FloatVector w = top(IntVector.fromArray(INTS, words, k).lanewise(LSHL, up));
      FloatVector v = top(IntVector.fromArray(INTS, words, k + Lanes.COUNT).lanewise(LSHL, up));
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = w.fma(x0, a0);
      b0 = v.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[at + 1]);
      a1 = w.fma(x1, a1);
      b1 = v.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[at + 2]);
      a2 = w.fma(x2, a2);
      b2 = v.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[at + 3]);
      a3 = w.fma(x3, a3);
      b3 = v.fma(x3, b3);
      at += parts * 4;
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

  /**
   * Adds one part's products for eight rows. Unrolled by hand, and so exempt from the house's limit
   * on the length of methods: sixteen sums in variables of their own stay in registers, sums in an
   * array would not.
   */
  private void addEightRows(int unit, int part, float[] x, int xAt, float[] y, int yAt) {
    int up = up(part);
    int end = (unit + 1) * unitLength;
    int stride = stride();
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b0 = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    FloatVector a1 = FloatVector.fromArray(FLOATS, y, yAt + stride);
    FloatVector b1 = FloatVector.fromArray(FLOATS, y, yAt + stride + Lanes.COUNT);
    FloatVector a2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride);
    FloatVector b2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride + Lanes.COUNT);
    FloatVector a3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride);
    FloatVector b3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride + Lanes.COUNT);
    FloatVector a4 = FloatVector.fromArray(FLOATS, y, yAt + 4 * stride);
    FloatVector b4 = FloatVector.fromArray(FLOATS, y, yAt + 4 * stride + Lanes.COUNT);
    FloatVector a5 = FloatVector.fromArray(FLOATS, y, yAt + 5 * stride);
    FloatVector b5 = FloatVector.fromArray(FLOATS, y, yAt + 5 * stride + Lanes.COUNT);
    FloatVector a6 = FloatVector.fromArray(FLOATS, y, yAt + 6 * stride);
    FloatVector b6 = FloatVector.fromArray(FLOATS, y, yAt + 6 * stride + Lanes.COUNT);
    FloatVector a7 = FloatVector.fromArray(FLOATS, y, yAt + 7 * stride);
    FloatVector b7 = FloatVector.fromArray(FLOATS, y, yAt + 7 * stride + Lanes.COUNT);
    int at = xAt + part * 8;
    for (int k = unit * unitLength; k < end; k += STEP) {
      FloatVector w = top(IntVector.fromArray(INTS, words, k).lanewise(LSHL, up));
      FloatVector v = top(IntVector.fromArray(INTS, words, k + Lanes.COUNT).lanewise(LSHL, up));
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = w.fma(x0, a0);
      b0 = v.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[at + 1]);
      a1 = w.fma(x1, a1);
      b1 = v.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[at + 2]);
      a2 = w.fma(x2, a2);
      b2 = v.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[at + 3]);
      a3 = w.fma(x3, a3);
      b3 = v.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(FLOATS, x[at + 4]);
      a4 = w.fma(x4, a4);
      b4 = v.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(FLOATS, x[at + 5]);
      a5 = w.fma(x5, a5);
      b5 = v.fma(x5, b5);
      FloatVector x6 = FloatVector.broadcast(FLOATS, x[at + 6]);
      a6 = w.fma(x6, a6);
      b6 = v.fma(x6, b6);
      FloatVector x7 = FloatVector.broadcast(FLOATS, x[at + 7]);
      a7 = w.fma(x7, a7);
      b7 = v.fma(x7, b7);
      at += parts * 8;
    }
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

  @Override
  void widen(int unit, int column, int depth, float[] panel, int at) {
    int first = unit * unitLength + column / parts * STEP;
    int end = first + depth / parts * STEP;
    for (int part = 0; part < parts; part++) {
      int up = up(part);
      int into = at + part * STEP;
      for (int k = first; k < end; k += STEP) {
        top(IntVector.fromArray(INTS, words, k).lanewise(LSHL, up)).intoArray(panel, into);
        top(IntVector.fromArray(INTS, words, k + Lanes.COUNT).lanewise(LSHL, up))
            .intoArray(panel, into + Lanes.COUNT);
        into += parts * STEP;
      }
    }
  }

  /**
   * Called with a block's rows before they are packed, by several threads with blocks of their own;
   * does nothing by default.
   */
  void prepare(int block, int rows, float[] weights) {}

  @Override
  final void packBlock(int block, int rows, float[] weights) {
    prepare(block, rows, weights);
    if (words.length == 0) {
      return;
    }
    int first = block / BLOCKS_A_UNIT * unitLength + block % BLOCKS_A_UNIT * Lanes.COUNT;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < in() / parts; i++) {
        words[first + i * STEP + row] =
            word(weights, row * in() + i * parts, block * Lanes.COUNT + row);
      }
    }
  }
}
