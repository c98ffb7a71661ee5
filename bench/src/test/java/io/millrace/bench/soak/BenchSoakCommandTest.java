package io.millrace.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.CommandRun;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Whether memory is flat is for long runs to say, not for these. */
@EnabledOnOs(OS.LINUX)
final class BenchSoakCommandTest {
  private static Path model;

  @BeforeAll
  static void write(@TempDir Path folder) throws IOException {
    model = TinyCheckpoint.llama().writeTo(folder);
  }

  @Test
  void json_isOneObjectWithAllSamples() {
    CommandRun ran = run("--requests=64", "--samples=10", "--json");

    JsonNode json = ran.json();
    assertThat(ran.code()).isEqualTo(json.path("growth").path("flat").asBoolean() ? 0 : 1);
    JsonNode samples = json.path("samples");
    assertThat(samples).hasSize(10);
    assertThat(samples.get(9).path("requests").asInt()).isEqualTo(64);
    for (JsonNode sample : samples) {
      assertThat(sample.path("native_bytes").asLong()).isPositive();
      assertThat(sample.path("tensors").asLong())
          .isEqualTo(samples.get(0).path("tensors").asLong());
    }
  }

  @Test
  void table_hasALineForEachSampleAndAVerdict() {
    CommandRun ran = run("--requests=20", "--samples=10");

    List<String> lines = ran.out().lines().toList();
    assertThat(lines.get(0)).isEqualTo(MemorySample.HEADER);
    assertThat(lines.subList(1, 11)).allMatch(line -> line.length() == lines.get(0).length());
    assertThat(lines.get(11)).matches("(flat|growing): over 8 requests .*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--samples=9 | --samples must be at least 10, but is 9",
        "--requests=19 | --requests must be at least 20, but is 19",
        "--batch=0 | --batch must be at least 1, but is 0",
        "--max-prompt-chars=0 | --max-prompt-chars must be at least 1, but is 0",
        "--max-answer-tokens=0 | --max-answer-tokens must be at least 1, but is 0",
        "--max-answer-tokens=9000 | request soak-"
      })
  void refusal_namesFlagValueAndLimit(String flag, String message) {
    CommandRun ran = run(flag);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
  }

  private static CommandRun run(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(
        List.of(
            "--model=" + model, "--device=cpu", "--dtype=fp32", "--kernel=plain", "--threads=1"));
    return CommandRun.of(new BenchSoakCommand(), all);
  }
}
