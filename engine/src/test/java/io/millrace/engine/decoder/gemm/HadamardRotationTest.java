package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.vector.WeightFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rotations leave products as they are, and nothing of a single large number where it was. */
final class HadamardRotationTest {
  private final Random random = new Random(5);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  /** Lengths that can be halved often, divided by three, and neither; of small and large models. */
  @ParameterizedTest
  @ValueSource(ints = {64, 128, 192, 320, 576, 1536, 2048, 14336})
  void apply_leavesProductsAsTheyAre(int length) {
    float[] x = row(length);
    float[] y = row(length);
    double product = dot(x, y);
    double norm = dot(x, x);

    HadamardRotation rotation = new HadamardRotation(length);
    rotation.apply(x, 0);
    rotation.apply(y, 0);

    assertThat(dot(x, y)).isCloseTo(product, within(1e-3 * Math.sqrt(length)));
    assertThat(dot(x, x)).isCloseTo(norm, within(1e-5 * norm));
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 576, 2048})
  void apply_spreadsALargeNumberOverAllOthers(int length) {
    float[] x = new float[length];
    x[random.nextInt(length)] = 100;

    new HadamardRotation(length).apply(x, 0);

    for (float number : x) {
      assertThat(Math.abs(number)).isBetween(0.5f, 13f);
    }
  }

  /** A row among others is rotated by itself. */
  @ParameterizedTest
  @ValueSource(ints = {192, 512})
  void apply_leavesTheRowsAroundItAlone(int length) {
    float[] rows = row(3 * length);
    float[] alone = new float[length];
    System.arraycopy(rows, length, alone, 0, length);
    float[] before = rows.clone();

    HadamardRotation rotation = new HadamardRotation(length);
    rotation.apply(rows, length);
    rotation.apply(alone, 0);

    for (int i = 0; i < length; i++) {
      assertThat(rows[i]).isEqualTo(before[i]);
      assertThat(rows[length + i]).isEqualTo(alone[i]);
      assertThat(rows[2 * length + i]).isEqualTo(before[2 * length + i]);
    }
  }

  private float[] row(int length) {
    float[] row = new float[length];
    for (int i = 0; i < length; i++) {
      row[i] = (float) random.nextGaussian();
    }
    return row;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
