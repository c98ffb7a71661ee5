package io.millrace.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class QueueBenchReportTest {
  private static final List<Latency> OURS =
      List.of(new Latency(3_000_000, 4_000_000), new Latency(3_000_000, 4_000_000));
  private static final List<Latency> BARE = List.of(new Latency(2_000_000, 2_000_000));
  private static final QueueBenchReport REPORT =
      new QueueBenchReport(
          2,
          2,
          QueueBenchReport.Way.of(OURS, BARE, Latency::in),
          QueueBenchReport.Way.of(OURS, BARE, Latency::out),
          QueueBenchReport.Way.of(BARE, BARE, Latency::in),
          8,
          new Throughput(1234.4, 812.3),
          64,
          new Throughput(45_000, 44.4),
          new Throughput(30_000, 66.6));

  @Test
  void report_isReadableIn80Columns() {
    assertThat(REPORT.toString().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
        .anySatisfy(
            line ->
                assertThat(line.split(" {2,}"))
                    .containsExactly(
                        "HTTP in to engine", "3.00", "3.00", "2.00", "2.00", "1.50", "1.50"))
        .anySatisfy(
            line ->
                assertThat(line.split(" {2,}"))
                    .containsExactly(
                        "by a share group", "2.00", "2.00", "2.00", "2.00", "1.00", "1.00"))
        .anySatisfy(line -> assertThat(line).contains("1234, 8 at a time, 812 us of CPU each"));
  }

  @Test
  void report_isJson() {
    JsonNode json = JsonMapper.shared().valueToTree(REPORT);
    assertThat(json.at("/out/p99_ratio").asDouble()).isEqualTo(2);
    assertThat(json.at("/token_events/per_second").asDouble()).isEqualTo(30_000);
  }
}
