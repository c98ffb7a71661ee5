package io.millrace.worker.vector;

import static io.millrace.worker.vector.Lanes.FLOATS;
import static io.millrace.worker.vector.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Weights as whole numbers of -127 to 127 with a factor a row, four neighbours of a row in a word
 * of 32 bits. Inputs and sums are float32.
 */
public final class Int8Matrix extends PackedMatrix {
  private static final int PARTS = 4;
  private static final int STEPS = 127;
  private static final int TOP = Integer.SIZE - Byte.SIZE;

  private final int[] words;
  private final float[] scales;
  private final int unitLength;

  /**
   * Packs so many rows of so many columns. The factors are rounded to bfloat16.
   *
   * @param in a multiple of 4
   */
  public Int8Matrix(int out, int in, Order order, Rows source) {
    super(out, in, order);
    this.unitLength = in / PARTS * STEP;
    this.words = new int[Math.multiplyExact(numUnits(), unitLength)];
    this.scales = new float[stride()];
    forEachBlock(order, source, this::pack);
  }

  private void pack(int block, int rows, float[] values) {
    int first = block / BLOCKS_A_UNIT * unitLength + block % BLOCKS_A_UNIT * Lanes.COUNT;
    for (int row = 0; row < rows; row++) {
      float scale = scale(values, row * in());
      scales[block * Lanes.COUNT + row] = scale;
      for (int column = 0; column < in(); column++) {
        int step = (int) Math.rint(values[row * in() + column] / scale);
        int bits = Math.max(-STEPS, Math.min(STEPS, step)) & 0xff;
        words[first + column / PARTS * STEP + row] |= bits << column % PARTS * Byte.SIZE;
      }
    }
  }

  private float scale(float[] values, int from) {
    float largest = 0;
    for (int i = from; i < from + in(); i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return Bfloat16.round(Math.max(largest / STEPS, Float.MIN_NORMAL));
  }

  @Override
  void row(int unit, float[] x, int xAt, float[] y, int yAt) {
    int first = unit * unitLength;
    int end = first + unitLength;
    // A sum of its own for each part, or one addition would wait for the other.
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
      IntVector w = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + Lanes.COUNT);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = ((FloatVector) w.lanewise(LSHL, 24).lanewise(ASHR, TOP).convert(I2F, 0)).fma(x0, a0);
      b0 = ((FloatVector) v.lanewise(LSHL, 24).lanewise(ASHR, TOP).convert(I2F, 0)).fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[at + 1]);
      a1 = ((FloatVector) w.lanewise(LSHL, 16).lanewise(ASHR, TOP).convert(I2F, 0)).fma(x1, a1);
      b1 = ((FloatVector) v.lanewise(LSHL, 16).lanewise(ASHR, TOP).convert(I2F, 0)).fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[at + 2]);
      a2 = ((FloatVector) w.lanewise(LSHL, 8).lanewise(ASHR, TOP).convert(I2F, 0)).fma(x2, a2);
      b2 = ((FloatVector) v.lanewise(LSHL, 8).lanewise(ASHR, TOP).convert(I2F, 0)).fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[at + 3]);
      a3 = ((FloatVector) w.lanewise(ASHR, TOP).convert(I2F, 0)).fma(x3, a3);
      b3 = ((FloatVector) v.lanewise(ASHR, TOP).convert(I2F, 0)).fma(x3, b3);
      at += 4;
    }
    int outputs = unit * BLOCKS_A_UNIT * Lanes.COUNT;
    a0.add(a1)
        .add(a2.add(a3))
        .mul(FloatVector.fromArray(FLOATS, scales, outputs))
        .intoArray(y, yAt);
    b0.add(b1)
        .add(b2.add(b3))
        .mul(FloatVector.fromArray(FLOATS, scales, outputs + Lanes.COUNT))
        .intoArray(y, yAt + Lanes.COUNT);
  }

  @Override
  void fourRows(int unit, float[] x, int xAt, float[] y, int yAt) {
    int stride = stride();
    for (int row = 0; row < 4; row++) {
      Arrays.fill(y, yAt + row * stride, yAt + row * stride + STEP, 0);
    }
    for (int part = 0; part < PARTS; part++) {
      addToFourRows(unit, x, xAt + part * 4, y, yAt, TOP - part * Byte.SIZE);
    }
    scale(unit, 4, y, yAt);
  }

  /** One of the four parts: {@code up} brings it to the top of a word. */
  private void addToFourRows(int unit, float[] x, int xAt, float[] y, int yAt, int up) {
    int stride = stride();
    int first = unit * unitLength;
    int end = first + unitLength;
    FloatVector a0 = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector b0 = FloatVector.fromArray(FLOATS, y, yAt + Lanes.COUNT);
    FloatVector a1 = FloatVector.fromArray(FLOATS, y, yAt + stride);
    FloatVector b1 = FloatVector.fromArray(FLOATS, y, yAt + stride + Lanes.COUNT);
    FloatVector a2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride);
    FloatVector b2 = FloatVector.fromArray(FLOATS, y, yAt + 2 * stride + Lanes.COUNT);
    FloatVector a3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride);
    FloatVector b3 = FloatVector.fromArray(FLOATS, y, yAt + 3 * stride + Lanes.COUNT);
    int at = xAt;
    for (int k = first; k < end; k += STEP) {
      IntVector w = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + Lanes.COUNT);
      FloatVector f0 = ((FloatVector) w.lanewise(LSHL, up).lanewise(ASHR, TOP).convert(I2F, 0));
      FloatVector g0 = ((FloatVector) v.lanewise(LSHL, up).lanewise(ASHR, TOP).convert(I2F, 0));
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = f0.fma(x0, a0);
      b0 = g0.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[at + 1]);
      a1 = f0.fma(x1, a1);
      b1 = g0.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[at + 2]);
      a2 = f0.fma(x2, a2);
      b2 = g0.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[at + 3]);
      a3 = f0.fma(x3, a3);
      b3 = g0.fma(x3, b3);
      at += 16;
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

  @Override
  void eightRows(int unit, float[] x, int xAt, float[] y, int yAt) {
    int stride = stride();
    for (int row = 0; row < 8; row++) {
      Arrays.fill(y, yAt + row * stride, yAt + row * stride + STEP, 0);
    }
    for (int part = 0; part < PARTS; part++) {
      addToEightRows(unit, x, xAt + part * 8, y, yAt, TOP - part * Byte.SIZE);
    }
    scale(unit, 8, y, yAt);
  }

  /** One of the four parts: {@code up} brings it to the top of a word. */
  private void addToEightRows(int unit, float[] x, int xAt, float[] y, int yAt, int up) {
    int stride = stride();
    int first = unit * unitLength;
    int end = first + unitLength;
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
    int at = xAt;
    for (int k = first; k < end; k += STEP) {
      IntVector w = IntVector.fromArray(INTS, words, k);
      IntVector v = IntVector.fromArray(INTS, words, k + Lanes.COUNT);
      FloatVector f0 = ((FloatVector) w.lanewise(LSHL, up).lanewise(ASHR, TOP).convert(I2F, 0));
      FloatVector g0 = ((FloatVector) v.lanewise(LSHL, up).lanewise(ASHR, TOP).convert(I2F, 0));
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[at]);
      a0 = f0.fma(x0, a0);
      b0 = g0.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[at + 1]);
      a1 = f0.fma(x1, a1);
      b1 = g0.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[at + 2]);
      a2 = f0.fma(x2, a2);
      b2 = g0.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[at + 3]);
      a3 = f0.fma(x3, a3);
      b3 = g0.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(FLOATS, x[at + 4]);
      a4 = f0.fma(x4, a4);
      b4 = g0.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(FLOATS, x[at + 5]);
      a5 = f0.fma(x5, a5);
      b5 = g0.fma(x5, b5);
      FloatVector x6 = FloatVector.broadcast(FLOATS, x[at + 6]);
      a6 = f0.fma(x6, a6);
      b6 = g0.fma(x6, b6);
      FloatVector x7 = FloatVector.broadcast(FLOATS, x[at + 7]);
      a7 = f0.fma(x7, a7);
      b7 = g0.fma(x7, b7);
      at += 32;
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

  private void scale(int unit, int rows, float[] y, int yAt) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < STEP; i++) {
        y[yAt + row * stride() + i] *= scales[unit * STEP + i];
      }
    }
  }
}
