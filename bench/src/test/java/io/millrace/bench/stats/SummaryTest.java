package io.millrace.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SummaryTest {
  /** What numpy.percentile says of 7, 1, 3, 15, 4. */
  @ParameterizedTest
  @CsvSource({"0,1", "10,1.8", "25,3", "50,4", "90,11.8", "99,14.68", "99.9,14.968", "100,15"})
  void percentile_isNumpys(double percent, double value) {
    assertThat(Summary.of(7, 1, 3, 15, 4).percentile(percent)).isCloseTo(value, within(1e-12));
  }

  @Test
  void median_ofAnEvenNumberLiesBetween() {
    assertThat(Summary.of(4, 1, 2, 3).median()).isEqualTo(2.5);
  }

  @Test
  void deviation_dividesByTheNumber() {
    Summary summary = Summary.of(2, 4, 4, 4, 5, 5, 7, 9);

    assertThat(summary.mean()).isEqualTo(5);
    assertThat(summary.deviation()).isEqualTo(2);
  }

  @Test
  void nothing_isZero() {
    assertThat(Summary.of().mean()).isZero();
    assertThat(Summary.of().deviation()).isZero();
    assertThat(Summary.of().percentile(99)).isZero();
  }

  @Test
  void one_isItsOwnPercentile() {
    assertThat(Summary.of(3).percentile(1)).isEqualTo(3);
    assertThat(Summary.of(3).percentile(99)).isEqualTo(3);
  }
}
