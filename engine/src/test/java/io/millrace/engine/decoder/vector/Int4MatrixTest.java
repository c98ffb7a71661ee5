package io.millrace.engine.decoder.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.RowOrder;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Weights in 4 bits are near those that were packed, and multiply a row like what is kept of them.
 */
final class Int4MatrixTest {
  private static final int GROUP = 32;
  private static final int INPUT_STEPS = 127;

  private final Random random = new Random(13);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  /** Inputs are rounded by up to half a step of each group's largest. */
  @ParameterizedTest
  @CsvSource({"PLAIN, 1, 32", "PLAIN, 40, 1504", "PLAIN, 33, 64", "HALVES, 74, 96"})
  void multiply_isTheProductOfARow(RowOrder order, int out, int in) {
    PlainMatrix plain = PlainMatrix.random(random, out, in);
    PackedMatrix packed = plain.pack(WeightFormat.INT4, order);
    PlainMatrix kept = plain.kept(WeightFormat.INT4);
    float[] x = new float[in];
    double[] exact = new double[in];
    double[] errors = new double[in];
    for (int i = 0; i < in; i++) {
      x[i] = (float) random.nextGaussian();
      exact[i] = x[i];
    }
    for (int i = 0; i < in; i++) {
      errors[i] = largest(x, i / GROUP * GROUP) / INPUT_STEPS / 2;
    }
    float[] y = new float[packed.stride()];
    packed.takeRow(x);
    for (int unit = 0; unit < packed.numUnits(); unit++) {
      packed.multiply(unit, x, 1, y);
    }
    double[] expected = kept.times(exact);
    double[] limits = kept.timesMagnitudes(errors);
    for (int i = 0; i < out; i++) {
      assertThat((double) y[PackedMatrixTest.place(order, out, i)])
          .isCloseTo(expected[i], within(limits[i] + 1e-4));
    }
  }

  @ParameterizedTest
  @EnumSource(RowOrder.class)
  void widen_givesTheWeightsThatAreKept(RowOrder order) {
    PlainMatrix plain = PlainMatrix.random(random, 70, 96);
    PlainMatrix kept = plain.kept(WeightFormat.INT4);
    PackedMatrix packed = plain.pack(WeightFormat.INT4, order);
    float[] panel = new float[96 * PackedMatrix.STEP];
    for (int i = 0; i < 70; i++) {
      int place = PackedMatrixTest.place(order, 70, i);
      packed.widen(place / PackedMatrix.STEP, 0, 32, panel, 0);
      packed.widen(place / PackedMatrix.STEP, 32, 64, panel, 32 * PackedMatrix.STEP);
      for (int column = 0; column < 96; column++) {
        float widened = panel[column * PackedMatrix.STEP + place % PackedMatrix.STEP];
        assertThat(widened).isCloseTo(kept.weights()[i * 96 + column], within(1e-6f));
      }
    }
  }

  /** As files have them that were quantised so: sixteen levels, with a least number of its own. */
  @Test
  void round_keepsGroupsOfSixteenLevels() {
    float[] row = new float[4 * GROUP];
    for (int i = 0; i < row.length; i++) {
      int group = i / GROUP;
      int level = i % GROUP < 16 ? i % 16 : random.nextInt(16);
      row[i] = 0.01f * (group + 4) * level - 0.05f * (group + 1);
    }
    float[] rounded = row.clone();
    Int4Groups.round(rounded, 0, row.length);
    for (int i = 0; i < row.length; i++) {
      assertThat(rounded[i]).isCloseTo(row[i], within(0.004f));
    }
  }

  @Test
  void round_isOffByHalfALevelAtMost() {
    float[] row = PlainMatrix.random(random, 1, 1024).weights();
    float[] rounded = row.clone();
    Int4Groups.round(rounded, 0, row.length);
    float widest = 2 * largest(row, 0, row.length) / 15;
    for (int i = 0; i < row.length; i++) {
      // Scales and offsets are rounded, too.
      assertThat(rounded[i]).isCloseTo(row[i], within(0.6f * widest));
    }
  }

  @Test
  void round_keepsZeros() {
    float[] row = new float[64];
    Int4Groups.round(row, 0, 64);
    assertThat(row).containsOnly(0);
  }

  @Test
  void multiply_refusesMoreRows() {
    PackedMatrix packed = PlainMatrix.random(random, 4, 32).pack(WeightFormat.INT4, RowOrder.PLAIN);
    float[] y = new float[4 * packed.stride()];
    assertThatThrownBy(() -> packed.multiply(0, new float[128], 2, y))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static float largest(float[] row, int from) {
    return largest(row, from, GROUP);
  }

  private static float largest(float[] row, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(row[i]));
    }
    return largest;
  }
}
