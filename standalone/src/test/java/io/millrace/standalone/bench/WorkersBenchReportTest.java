package io.millrace.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class WorkersBenchReportTest {
  private static final WorkersBenchReport REPORT =
      new WorkersBenchReport(
          2,
          8,
          1,
          100,
          40,
          List.of(
              new WorkersBenchReport.Stage(1, 79.5, 1.99, 1, 0.994, 1234, 0.05),
              new WorkersBenchReport.Stage(16, 1240, 31, 0.975, 0.969, 2345, 0.61)));

  @Test
  void report_isATableIn80Columns() {
    List<String> lines = REPORT.toString().lines().toList();
    assertThat(lines).hasSize(4).allSatisfy(line -> assertThat(line.length()).isLessThan(81));
    assertThat(lines.subList(1, 4)).allSatisfy(line -> assertThat(line).hasSize(80));
    assertThat(lines.get(3)).contains("97.5 %", "96.9 %", "2345 ms");
  }

  @Test
  void report_isJson() {
    JsonNode json = JsonMapper.shared().valueToTree(REPORT);
    assertThat(json.at("/stages/1/linear").asDouble()).isEqualTo(0.975);
    assertThat(json.at("/stages/1/first_work_ms").asInt()).isEqualTo(2345);
  }
}
