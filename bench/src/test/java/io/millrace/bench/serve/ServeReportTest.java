package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ServeReportTest {
  private static final List<Outcome> OUTCOMES =
      List.of(
          new Outcome(null, 0, 1.0, 0.2, List.of(0.4, 0.4), "abc", 5, 3),
          Outcome.failed("status 503", 0, 5));

  @Test
  void text_isVllms() {
    ServeReport report =
        new ServeReport(
            ServeMetrics.of(OUTCOMES, 2, Map.of(Metric.TTFT, 300.0)),
            1.5,
            4,
            EnumSet.allOf(Metric.class),
            List.of(99.0),
            true);

    // vLLM pads every value to ten places.
    assertThat(report.toString().lines())
        .containsExactly(
            "============ Serving Benchmark Result ============",
            "Successful requests:                     1         ",
            "Failed requests:                         1         ",
            "Maximum request concurrency:             4         ",
            "Request rate configured (RPS):           1.50      ",
            "Benchmark duration (s):                  2.00      ",
            "Total input tokens:                      5         ",
            "Total generated tokens:                  3         ",
            "Request throughput (req/s):              0.50      ",
            "Request goodput (req/s):                 0.50      ",
            "Output token throughput (tok/s):         1.50      ",
            "Peak output token throughput (tok/s):    2.00      ",
            "Peak concurrent requests:                1.00      ",
            "Total token throughput (tok/s):          4.00      ",
            "---------------Time to First Token----------------",
            "Mean TTFT (ms):                          200.00    ",
            "Median TTFT (ms):                        200.00    ",
            "P99 TTFT (ms):                           200.00    ",
            "-----Time per Output Token (excl. 1st token)------",
            "Mean TPOT (ms):                          400.00    ",
            "Median TPOT (ms):                        400.00    ",
            "P99 TPOT (ms):                           400.00    ",
            "---------------Inter-token Latency----------------",
            "Mean ITL (ms):                           400.00    ",
            "Median ITL (ms):                         400.00    ",
            "P99 ITL (ms):                            400.00    ",
            "----------------End-to-end Latency----------------",
            "Mean E2EL (ms):                          1000.00   ",
            "Median E2EL (ms):                        1000.00   ",
            "P99 E2EL (ms):                           1000.00   ",
            "==================================================");
  }

  @Test
  void text_leavesOutWhatWasNotAskedFor() {
    ServeReport report = plain(Set.of(Metric.ITL), List.of());

    assertThat(report.toString())
        .doesNotContain("concurrency:", "RPS", "goodput", "TTFT", "P99")
        .contains("Mean ITL");
  }

  @Test
  void fields_haveVllmsKeys() {
    Map<String, Object> fields = plain(EnumSet.of(Metric.TTFT), List.of(50.0, 99.9)).fields();

    assertThat(fields)
        .containsOnlyKeys(
            "duration",
            "completed",
            "failed",
            "total_input_tokens",
            "total_output_tokens",
            "request_throughput",
            "request_goodput",
            "output_throughput",
            "total_token_throughput",
            "max_output_tokens_per_s",
            "max_concurrent_requests",
            "mean_ttft_ms",
            "median_ttft_ms",
            "std_ttft_ms",
            "p50_ttft_ms",
            "p99.9_ttft_ms")
        .containsEntry("request_goodput", null)
        .containsEntry("completed", 1);
  }

  private static ServeReport plain(Set<Metric> told, List<Double> percentiles) {
    return new ServeReport(
        ServeMetrics.of(OUTCOMES, 2, Map.of()),
        Double.POSITIVE_INFINITY,
        null,
        told,
        percentiles,
        false);
  }
}
