package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServeMetricsTest {
  private static final double EXACT = 1e-9;

  /** Two answers of three and of one token, and one that failed. */
  private static final List<Outcome> OUTCOMES =
      List.of(
          new Outcome(null, 10, 1.0, 0.25, List.of(0.5, 0.25), "abc", 5, 3),
          new Outcome(null, 10.5, 0.4, 0.4, List.of(), "d", 7, 1),
          Outcome.failed("status 503", 10, 9));

  @Test
  void counts_areOfThoseThatSucceeded() {
    ServeMetrics metrics = ServeMetrics.of(OUTCOMES, 2, Map.of());

    assertThat(metrics.completed()).isEqualTo(2);
    assertThat(metrics.failed()).isEqualTo(1);
    assertThat(metrics.totalInput()).isEqualTo(12);
    assertThat(metrics.totalOutput()).isEqualTo(4);
    assertThat(metrics.requestThroughput()).isEqualTo(1);
    assertThat(metrics.outputThroughput()).isEqualTo(2);
    assertThat(metrics.totalThroughput()).isEqualTo(8);
  }

  @Test
  void tpot_leavesOutTheFirstTokenAndAnswersWithNoOther() {
    ServeMetrics metrics = ServeMetrics.of(OUTCOMES, 2, Map.of());

    // (1.0 s - 0.25 s) / 2 tokens
    assertThat(metrics.millis().get(Metric.TPOT).mean()).isCloseTo(375, within(EXACT));
    assertThat(metrics.millis().get(Metric.TTFT).mean()).isCloseTo(325, within(EXACT));
    assertThat(metrics.millis().get(Metric.ITL).median()).isCloseTo(375, within(EXACT));
    assertThat(metrics.millis().get(Metric.E2EL).percentile(99)).isCloseTo(994, within(EXACT));
  }

  @Test
  void goodput_needsEveryLimit() {
    assertThat(good(Map.of(Metric.TTFT, 400.0))).isEqualTo(2);
    assertThat(good(Map.of(Metric.TTFT, 399.0))).isEqualTo(1);
    assertThat(good(Map.of(Metric.TTFT, 400.0, Metric.E2EL, 500.0))).isEqualTo(1);
    assertThat(good(Map.of(Metric.TTFT, 399.0, Metric.E2EL, 500.0))).isZero();
    // An answer of one token has no time a further token.
    assertThat(good(Map.of(Metric.TPOT, 1.0))).isEqualTo(1);
  }

  @Test
  void peaks_areOfTheBusiestSecondAndTheMostAtOnce() {
    ServeMetrics metrics = ServeMetrics.of(OUTCOMES, 2, Map.of());

    // 10.25, 10.75 and 10.9 s are in the first second; 11.0 s is not.
    assertThat(metrics.maxOutputTokensPerSecond()).isEqualTo(3);
    assertThat(metrics.maxConcurrentRequests()).isEqualTo(2);
  }

  @Test
  void requests_thatFollowEachOtherAreNotAtOnce() {
    List<Outcome> one =
        List.of(
            new Outcome(null, 1, 1, 1, List.of(), "a", 1, 1),
            new Outcome(null, 2, 1, 1, List.of(), "b", 1, 1));

    assertThat(ServeMetrics.of(one, 2, Map.of()).maxConcurrentRequests()).isEqualTo(1);
  }

  @Test
  void nothing_isZero() {
    ServeMetrics metrics = ServeMetrics.of(List.of(), 1, Map.of());

    assertThat(metrics.maxOutputTokensPerSecond()).isZero();
    assertThat(metrics.millis().get(Metric.TTFT).mean()).isZero();
  }

  private static int good(Map<Metric, Double> limits) {
    return ServeMetrics.of(OUTCOMES, 2, limits).good();
  }
}
