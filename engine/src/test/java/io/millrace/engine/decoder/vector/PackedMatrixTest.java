package io.millrace.engine.decoder.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.simd.Lanes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Packed weights multiply like the weights that the format keeps, however they are packed. */
final class PackedMatrixTest {
  private static final int MOST_ROWS = 17;

  /** Largest error of a float32 sum's step, relative to the terms' magnitudes. */
  private static final double ROUNDING = 0x1p-24;

  private final Random random = new Random(5);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void multiply_isTheProductForAnyNumberOfRowsAndOutputs(WeightFormat format) {
    int lanes = Lanes.COUNT;
    for (int out : new int[] {1, lanes - 1, lanes, 2 * lanes, 2 * lanes + 1, 5 * lanes + 3}) {
      checkAllRows(format, RowOrder.PLAIN, out);
      checkAllRows(format, RowOrder.HALVES, 2 * out);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void multiply_isTheProductForLongRows(WeightFormat format) {
    for (int rows : new int[] {1, 4, 8}) {
      check(format, RowOrder.PLAIN, PlainMatrix.random(random, 40, 1500), rows);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void multiply_leavesZerosBehindTheOutputs(WeightFormat format) {
    PlainMatrix plain = PlainMatrix.random(random, 3, 8);
    PackedMatrix packed = plain.pack(format, RowOrder.PLAIN);
    float[] y = product(packed, vectors(9, 8));
    for (int i = 0; i < 9 * packed.stride(); i++) {
      if (i % packed.stride() >= 3) {
        assertThat(y[i]).isZero();
      }
    }
  }

  /** It is the same for one row, and has nothing for more. */
  @ParameterizedTest
  @EnumSource(RowOrder.class)
  void float12_multipliesARowAsBfloat16Does(RowOrder order) {
    PlainMatrix plain = PlainMatrix.random(random, 70, 48);
    double[][] row = vectors(1, 48);
    assertThat(product(plain.pack(WeightFormat.FLOAT12, order), row))
        .isEqualTo(product(plain.pack(WeightFormat.BFLOAT16, order), row));
  }

  @Test
  void int8_roundsHalvesToEvenAndKeepsTheLargest() {
    float[] row = {127, 0.5f, 1.5f, -2.5f, -127, 63.4f, -0.6f, 0};
    assertThat(identities(WeightFormat.INT8, row)).containsExactly(127, 0, 2, -2, -127, 63, -1, 0);
  }

  @Test
  void int8_keepsARowOfZeros() {
    assertThat(identities(WeightFormat.INT8, new float[4])).containsExactly(0, 0, 0, 0);
  }

  /** Its factor is rounded down, and the largest number does not turn around. */
  @Test
  void int8_endsAtItsLargestStep() {
    float largest = 127 * (1 + 0x1p-8f);
    assertThat(identities(WeightFormat.INT8, new float[] {largest, -largest, 1, 0}))
        .containsExactly(127, -127, 1, 0);
  }

  /** Alone, an input's weights are told apart by 15 binary orders below the row's largest. */
  @Test
  void bfloat16_takesSmallWeightsOfOneRowAsTheLeast() {
    PlainMatrix plain = PlainMatrix.random(random, 2 * Lanes.COUNT + 3, 64);
    for (int i = 0; i < plain.weights().length; i += 3) {
      plain.weights()[i] *= (float) Math.scalb(1.0, -i % 40);
    }
    check(WeightFormat.BFLOAT16, RowOrder.PLAIN, plain, 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void multiply_isNothingForARowOfZeros(WeightFormat format) {
    PackedMatrix packed = new PlainMatrix(1, 16, new float[16]).pack(format, RowOrder.PLAIN);
    for (int rows : new int[] {1, 2, 8}) {
      float[] y = product(packed, vectors(rows, 16));
      for (int row = 0; row < rows; row++) {
        assertThat(y[row * packed.stride()]).isZero();
      }
    }
  }

  @Test
  void bfloat16_roundsHalvesToEven() {
    float[] row = {1, 1 + 0x1p-8f, 1 + 0x3p-8f, -1 - 0x1p-8f, 1 + 0x1.8p-8f, 0x1p100f};
    assertThat(identities(WeightFormat.BFLOAT16, row))
        .containsExactly(1, 1, 1 + 0x1p-6f, -1, 1 + 0x1p-7f, 0x1p100f);
  }

  @Test
  void groupOf_andFirstPlace_layOutAllRowsApart() {
    int in = 5;
    for (int rows = 1; rows <= MOST_ROWS; rows++) {
      int group = PackedMatrix.groupOf(rows);
      boolean[] taken = new boolean[PackedMatrix.padded(rows) * in];
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < in; i++) {
          int place = PackedMatrix.firstPlace(row, group, in) + i * group;
          assertThat(taken[place]).isFalse();
          taken[place] = true;
        }
      }
    }
  }

  private void checkAllRows(WeightFormat format, RowOrder order, int out) {
    for (int in : new int[] {12, 16}) {
      PlainMatrix plain = PlainMatrix.random(random, out, in);
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        check(format, order, plain, rows);
      }
    }
  }

  private void check(WeightFormat format, RowOrder order, PlainMatrix plain, int rows) {
    PackedMatrix packed = plain.pack(format, order);
    PlainMatrix kept = rows == 1 ? plain.keptForOneRow(format) : plain.kept(format);
    double[][] x = vectors(rows, plain.in());
    float[] y = product(packed, x);
    for (int row = 0; row < rows; row++) {
      double[] expected = kept.times(x[row]);
      double[] magnitudes = kept.timesMagnitudes(x[row]);
      for (int i = 0; i < plain.out(); i++) {
        assertThat((double) y[row * packed.stride() + place(order, plain.out(), i)])
            .as("%s %s, %d outputs, %d rows: row %d, %d", format, order, plain.out(), rows, row, i)
            .isCloseTo(expected[i], within((plain.in() + 4) * ROUNDING * magnitudes[i]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WeightFormat.class,
      mode = Mode.EXCLUDE,
      names = {"FLOAT12", "INT4"})
  void widen_givesTheWeightsThatAreKept(WeightFormat format) {
    for (RowOrder order : RowOrder.values()) {
      PlainMatrix plain = PlainMatrix.random(random, 2 * (2 * Lanes.COUNT + 3), 12);
      PlainMatrix kept = plain.kept(format);
      PackedMatrix packed = plain.pack(format, order);
      float[] panel = new float[packed.in() * PackedMatrix.STEP];
      for (int i = 0; i < plain.out(); i++) {
        int place = place(order, plain.out(), i);
        int unit = place / PackedMatrix.STEP;
        packed.widen(unit, 0, 4, panel, 0);
        packed.widen(unit, 4, packed.in() - 4, panel, 4 * PackedMatrix.STEP);
        for (int column = 0; column < packed.in(); column++) {
          float[] y = new float[PackedMatrix.STEP];
          int within = place % PackedMatrix.STEP;
          y[within] = panel[column * PackedMatrix.STEP + within];
          packed.finishUnit(unit, y, 0);
          assertThat(y[within]).isEqualTo(kept.weights()[i * plain.in() + column]);
        }
      }
    }
  }

  /** Where a row of results has an output. */
  static int place(RowOrder order, int out, int index) {
    if (order == RowOrder.PLAIN) {
      return index;
    }
    int half = index % (out / 2);
    int unit = half / Lanes.COUNT * PackedMatrix.STEP;
    return unit + half % Lanes.COUNT + (index < out / 2 ? 0 : Lanes.COUNT);
  }

  /** Of float32 numbers. */
  private double[][] vectors(int rows, int in) {
    double[][] x = new double[rows][];
    for (int row = 0; row < rows; row++) {
      x[row] = random.doubles(in, -2, 2).map(value -> (float) value).toArray();
    }
    return x;
  }

  /** The places of rows that do not exist have no number, to see that they do not count. */
  private static float[] product(PackedMatrix packed, double[][] x) {
    int padded = PackedMatrix.padded(x.length);
    float[] laidOut = new float[padded * packed.in()];
    Arrays.fill(laidOut, Float.NaN);
    int group = PackedMatrix.groupOf(x.length);
    for (int row = 0; row < x.length; row++) {
      int first = PackedMatrix.firstPlace(row, group, packed.in());
      for (int i = 0; i < packed.in(); i++) {
        laidOut[first + i * group] = (float) x[row][i];
      }
    }
    float[] y = new float[padded * packed.stride()];
    for (int unit = 0; unit < packed.numUnits(); unit++) {
      packed.multiply(unit, laidOut, x.length, y);
    }
    return y;
  }

  /** What a matrix of one row gives for the vectors that have a single 1. */
  private static float[] identities(WeightFormat format, float[] row) {
    PackedMatrix packed = new PlainMatrix(1, row.length, row).pack(format, RowOrder.PLAIN);
    double[][] x = new double[row.length][row.length];
    for (int i = 0; i < row.length; i++) {
      x[i][i] = 1;
    }
    float[] y = product(packed, x);
    float[] kept = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      kept[i] = y[i * packed.stride()];
    }
    return kept;
  }
}
