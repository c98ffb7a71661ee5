package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * A matrix of int8 weights, -127 to 127, with a factor for each row, which is rounded to bfloat16.
 */
final class Int8Matrix extends WordMatrix {
  private static final int PARTS = 4;
  private static final int STEPS = 127;
  private static final int TOP = Integer.SIZE - Byte.SIZE;

  private final float[] scales;

  /**
   * @param in a multiple of 4
   */
  Int8Matrix(int out, int in, RowOrder order, RowReader source) {
    super(out, in, order, PARTS);
    this.scales = new float[stride()];
    pack(source);
  }

  @Override
  void prepare(int block, int rows, float[] weights) {
    for (int row = 0; row < rows; row++) {
      float largest = 0;
      for (int i = row * in(); i < (row + 1) * in(); i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      scales[block * Lanes.COUNT + row] =
          Bfloat16.round(Math.max(largest / STEPS, Float.MIN_NORMAL));
    }
  }

  @Override
  int word(float[] weights, int at, int output) {
    int word = 0;
    for (int part = 0; part < PARTS; part++) {
      int step = (int) Math.rint(weights[at + part] / scales[output]);
      word |= (Math.max(-STEPS, Math.min(STEPS, step)) & 0xff) << part * Byte.SIZE;
    }
    return word;
  }

  @Override
  FloatVector top(IntVector word) {
    return (FloatVector) word.lanewise(ASHR, TOP).convert(I2F, 0);
  }

  @Override
  void finish(int block, float[] y, int yAt) {
    FloatVector.fromArray(FLOATS, y, yAt)
        .mul(FloatVector.fromArray(FLOATS, scales, block * Lanes.COUNT))
        .intoArray(y, yAt);
  }

  @Override
  void row(int unit, float[] x, int xAt, float[] y, int yAt) {
    int first = unit * unitLength();
    int end = first + unitLength();
    // All parts at once, because here nothing but reading takes time; and a sum of its own for each
    // part, or one addition would wait for the other.
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
    a0.add(a1).add(a2.add(a3)).intoArray(y, yAt);
    b0.add(b1).add(b2.add(b3)).intoArray(y, yAt + Lanes.COUNT);
  }
}
