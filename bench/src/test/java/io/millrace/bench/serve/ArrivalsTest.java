package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ArrivalsTest {
  @Test
  void infiniteRate_isAllAtOnce() {
    assertThat(Arrivals.times(3, Double.POSITIVE_INFINITY, 1, new Random(1)))
        .containsExactly(0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 3})
  void lastRequest_comesWhenTheRateSays(double burstiness) {
    double[] times = Arrivals.times(50, 4, burstiness, new Random(2));

    assertThat(times).isSorted();
    assertThat(times[0]).isPositive();
    assertThat(times[49]).isCloseTo(12.5, within(1e-9));
  }

  @Test
  void infiniteBurstiness_isAClock() {
    assertThat(Arrivals.times(4, 2, Double.POSITIVE_INFINITY, new Random(3)))
        .containsExactly(0.5, 1, 1.5, 2);
  }

  @Test
  void times_followFromTheSeed() {
    assertThat(Arrivals.times(20, 2, 0.5, new Random(4)))
        .isEqualTo(Arrivals.times(20, 2, 0.5, new Random(4)))
        .isNotEqualTo(Arrivals.times(20, 2, 0.5, new Random(5)));
  }

  /** Mean and variance of a gamma distribution of scale 1 are both its shape. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 2.5, 10})
  void gamma_hasItsMeanAndVariance(double shape) {
    Random random = new Random(6);
    int n = 200_000;
    double[] draws =
        IntStream.range(0, n).mapToDouble(i -> Arrivals.gamma(shape, random)).toArray();

    double mean = IntStream.range(0, n).mapToDouble(i -> draws[i]).sum() / n;
    double variance =
        IntStream.range(0, n).mapToDouble(i -> (draws[i] - mean) * (draws[i] - mean)).sum() / n;
    assertThat(mean).isCloseTo(shape, within(0.02 * shape));
    assertThat(variance).isCloseTo(shape, within(0.05 * shape));
    assertThat(Arrays.stream(draws).min().orElseThrow()).isNotNegative();
  }
}
