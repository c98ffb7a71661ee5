package io.millrace.engine.decoder.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any number of rows of a group is multiplied by a panel, and added to what is there. */
final class MicroKernelTest {
  private static final int GROUP = MicroKernel.GROUP;
  private static final int AT = 3;

  private final Random random = new Random(29);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6, 64})
  void multiply_addsTheProductsOfEachRow(int depth) {
    float[] panel = numbers(AT + depth * MicroKernel.WIDTH);
    GroupedRows x = new GroupedRows(GROUP);
    x.reserve(2 * GROUP, depth);
    float[][] rows = new float[2 * GROUP][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = numbers(depth);
      x.put(row, 0, rows[row], 0, depth);
    }
    int stride = MicroKernel.WIDTH + 5;
    float[] before = numbers(AT + GROUP * stride);
    for (int count = 1; count <= GROUP; count++) {
      float[] y = before.clone();
      MicroKernel.multiply(count, panel, AT, depth, x.numbers(), x.at(GROUP), y, AT, stride);
      for (int row = 0; row < count; row++) {
        for (int i = 0; i < MicroKernel.WIDTH; i++) {
          int at = AT + row * stride + i;
          double expected = before[at];
          for (int k = 0; k < depth; k++) {
            expected += (double) rows[GROUP + row][k] * panel[AT + k * MicroKernel.WIDTH + i];
          }
          assertThat((double) y[at]).isCloseTo(expected, within(1e-5 * depth));
        }
      }
      assertThat(tail(y, count, stride)).isEqualTo(tail(before, count, stride));
    }
  }

  /** To the bit. */
  @ParameterizedTest
  @ValueSource(ints = {6, 48})
  void multiply_givesARowTheSameInAnyCompany(int depth) {
    float[] panel = numbers(depth * MicroKernel.WIDTH);
    float[] x = numbers(depth * GROUP);
    float[] all = new float[GROUP * MicroKernel.WIDTH];
    MicroKernel.multiply(GROUP, panel, 0, depth, x, 0, all, 0, MicroKernel.WIDTH);
    for (int count = 1; count < GROUP; count++) {
      float[] some = new float[all.length];
      MicroKernel.multiply(count, panel, 0, depth, x, 0, some, 0, MicroKernel.WIDTH);
      int end = count * MicroKernel.WIDTH;
      assertThat(Arrays.copyOf(some, end)).isEqualTo(Arrays.copyOf(all, end));
    }
  }

  /** What is behind the rows, but for one that may be computed with them. */
  private static float[] tail(float[] y, int count, int stride) {
    int computed = count + count % 2;
    return Arrays.copyOfRange(y, Math.min(y.length, AT + computed * stride), y.length);
  }

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
