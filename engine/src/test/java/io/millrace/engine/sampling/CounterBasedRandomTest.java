package io.millrace.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DrawsTest {
  private static final int DRAWS = 20_000;

  @Test
  void uniform_dependsOnSeedAndPositionAlone() {
    assertThat(CounterBasedRandom.uniform(42, 7)).isEqualTo(CounterBasedRandom.uniform(42, 7));
    assertThat(CounterBasedRandom.uniform(42, 7)).isNotEqualTo(CounterBasedRandom.uniform(42, 8));
    assertThat(CounterBasedRandom.uniform(42, 7)).isNotEqualTo(CounterBasedRandom.uniform(43, 7));
  }

  @Test
  void uniform_fillsTheUnitIntervalEvenly() {
    int[] tenths = new int[10];
    double products = 0;
    for (int i = 0; i < DRAWS; i++) {
      double draw = CounterBasedRandom.uniform(i % 100, i / 100);
      assertThat(draw).isGreaterThanOrEqualTo(0).isLessThan(1);
      tenths[(int) (draw * 10)]++;
      products += (draw - 0.5) * (CounterBasedRandom.uniform(i % 100, i / 100 + 1) - 0.5);
    }
    for (int count : tenths) {
      assertThat(count).isCloseTo(DRAWS / 10, within(200));
    }
    assertThat(products / DRAWS).as("neighbours are independent").isCloseTo(0, within(0.003));
  }

  @Test
  void seedOf_tellsIdsApart() {
    assertThat(CounterBasedRandom.seedOf("a"))
        .isNotEqualTo(CounterBasedRandom.seedOf("b"))
        .isEqualTo(CounterBasedRandom.seedOf("a"));
  }

  @Test
  void seedOf_leavesTheFirstAnswerItsRequestsSeed() {
    assertThat(CounterBasedRandom.seedOf(42, 0)).isEqualTo(42);
    assertThat(LongStream.range(0, 128).map(i -> CounterBasedRandom.seedOf(42, (int) i)).distinct())
        .hasSize(128);
    assertThat(CounterBasedRandom.seedOf(42, 1)).isNotEqualTo(CounterBasedRandom.seedOf(43, 1));
  }
}
