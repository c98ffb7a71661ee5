package io.millrace.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class EngineReportTest {
  private static final EngineReport REPORT =
      new EngineReport(
          "org/name",
          "bf16",
          "none",
          "onednn-bf16",
          "cpu",
          "Some CPU",
          "avx512",
          2,
          1,
          512,
          64,
          3,
          List.of(
              new EngineResult(1, 256, 812.345, 70.05, 61, 79.5, 14.256, 0.0228),
              new EngineResult(32, 1024, 12345.6, 1332.5, 1263.5, 1370.25, 122.44, 0.0005)));

  @Test
  void text_alignsItsColumns() {
    assertThat(REPORT)
        .hasToString(
            """
            model    org/name
            weights  dtype bf16, quantize none, kernel onednn-bf16
            cpu      Some CPU (avx512, 2 cores), 1 threads, device cpu
            runs     3 of 64 steps, prompts in steps of 512 tokens

            batch  context  prefill tok/s  decode tok/s        p10        p90   step ms  host %
                1      256          812.3          70.1       61.0       79.5     14.26    2.28
               32     1024        12345.6        1332.5     1263.5     1370.3    122.44    0.05""");
  }

  @Test
  void json_hasItsKeys() {
    JsonNode json = JsonMapper.shared().valueToTree(REPORT);

    assertThat(json.propertyNames())
        .containsExactly(
            "model",
            "dtype",
            "quantize",
            "kernel",
            "device",
            "cpu",
            "cpu_class",
            "cores",
            "threads",
            "max_num_batched_tokens",
            "steps",
            "repeat",
            "results");
    assertThat(json.path("results").path(1).propertyNames())
        .containsExactly(
            "batch",
            "context",
            "prefill_tokens_per_second",
            "decode_tokens_per_second",
            "decode_p10_tokens_per_second",
            "decode_p90_tokens_per_second",
            "step_ms",
            "host_share");
  }
}
