package io.millrace.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.vector.WeightFormat;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic of all lanes is that of one number, to the last bits. */
final class LanesTest {
  /** Two units in the last place. */
  private static final double TWO_UNITS = 0x1p-22;

  private static final double EXP_OF_LARGEST = Math.exp(88.3f);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @Test
  void exp_isRightToTwoUnitsInTheLastPlace() {
    for (float x = -87; x <= 88; x += 0.0037f) {
      double expected = Math.exp(x);
      assertThat((double) exp(x)).isCloseTo(expected, within(expected * TWO_UNITS));
    }
  }

  @Test
  void exp_computesEachLaneByItself() {
    float[] values = new float[Lanes.COUNT];
    for (int i = 0; i < values.length; i++) {
      values[i] = 3 - 1.7f * i;
    }
    float[] powers = Lanes.exp(FloatVector.fromArray(Lanes.FLOATS, values, 0)).toArray();
    for (int i = 0; i < values.length; i++) {
      assertThat(powers[i]).isEqualTo(exp(values[i]));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-0.0, 1"})
  void exp_ofZeroIsOne(float x, float expected) {
    assertThat(exp(x)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(floats = {-87.31f, -88, -104, -1e9f, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY})
  void exp_belowItsRangeIsNextToNothing(float x) {
    assertThat(exp(x)).isBetween(0f, 1.3e-38f);
  }

  @ParameterizedTest
  @ValueSource(floats = {88.31f, 89, 104, 1e9f, Float.MAX_VALUE, Float.POSITIVE_INFINITY})
  void exp_aboveItsRangeIsThatOfItsEnd(float x) {
    assertThat((double) exp(x))
        .isCloseTo(EXP_OF_LARGEST, within(EXP_OF_LARGEST * TWO_UNITS))
        .isFinite();
  }

  @Test
  void gated_isSiluTimesUp() {
    Random random = new Random(7);
    for (float gate = -120; gate <= 120; gate += 0.013f) {
      float up = (float) random.nextGaussian();
      double expected = gate / (1 + Math.exp(-gate)) * up;
      assertThat((double) Lanes.gated(Lanes.broadcast(gate), Lanes.broadcast(up)).lane(0))
          .as("gate %s, up %s", gate, up)
          .isCloseTo(expected, within(Math.abs(expected) * 4 * TWO_UNITS + 1e-34));
    }
  }

  @Test
  void dot_addsUpFromWhereItIsTold() {
    Random random = new Random(8);
    float[] a = floats(random, 3 + 5 * Lanes.COUNT);
    float[] b = floats(random, 1 + 5 * Lanes.COUNT);
    double expected = 0;
    for (int i = 0; i < 5 * Lanes.COUNT; i++) {
      expected += (double) a[3 + i] * b[1 + i];
    }
    assertThat((double) Lanes.dot(a, 3, b, 1, 5 * Lanes.COUNT))
        .isCloseTo(expected, within(1e-5 * 5 * Lanes.COUNT));
    assertThat(Lanes.dot(a, 3, b, 1, 0)).isZero();
  }

  @Test
  void padded_isTheNextMultiple() {
    assertThat(Lanes.padded(0)).isZero();
    assertThat(Lanes.padded(1)).isEqualTo(Lanes.COUNT);
    assertThat(Lanes.padded(Lanes.COUNT)).isEqualTo(Lanes.COUNT);
    assertThat(Lanes.padded(Lanes.COUNT + 1)).isEqualTo(2 * Lanes.COUNT);
  }

  private static float exp(float x) {
    return Lanes.exp(Lanes.broadcast(x)).lane(0);
  }

  private static float[] floats(Random random, int length) {
    float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }
}
