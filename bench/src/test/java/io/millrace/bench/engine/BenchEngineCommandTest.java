package io.millrace.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.CommandRun;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class BenchEngineCommandTest {
  private static Path model;

  @BeforeAll
  static void write(@TempDir Path folder) throws IOException {
    model = TinyCheckpoint.llama().writeTo(folder);
  }

  @Test
  void json_isOneObjectWithAResultForEachBatchAndContext() {
    CommandRun ran = run("--batch=1,3", "--context=5,33", "--steps=4", "--repeat=2", "--json");

    assertThat(ran.code()).isZero();
    JsonNode json = ran.json();
    assertThat(json.path("kernel").asString()).isEqualTo("plain");
    assertThat(json.path("cpu").asString()).isNotEmpty();
    assertThat(json.path("dtype").asString()).isEqualTo("fp32");
    assertThat(json.path("threads").asInt()).isEqualTo(1);
    List<String> measured = new ArrayList<>();
    for (JsonNode result : json.path("results")) {
      measured.add(result.path("batch").asInt() + " at " + result.path("context").asInt());
      assertThat(result.path("prefill_tokens_per_second").asDouble()).isPositive();
      assertThat(result.path("decode_tokens_per_second").asDouble()).isPositive();
      assertThat(result.path("host_share").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(measured).containsExactly("1 at 5", "3 at 5", "1 at 33", "3 at 33");
  }

  @Test
  void table_hasALineForEachBatchAndContext() {
    CommandRun ran = run("--batch=2", "--context=40,8", "--steps=2", "--repeat=1");

    assertThat(ran.code()).isZero();
    assertThat(
            ran.out().lines().skip(6).map(line -> line.replaceAll("^ +(\\d+) +(\\d+) .*", "$1 $2")))
        .containsExactly("2 40", "2 8");
  }

  @Test
  void prompts_areCutIntoStepsOfTheBudget() {
    CommandRun ran =
        run("--batch=4", "--context=50", "--steps=2", "--repeat=1", "--max-num-batched-tokens=7");

    assertThat(ran.code()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--batch=0 | --batch must be at least 1, but is 0",
        "--context=4,-1 | --context must be at least 1, but is -1",
        "--steps=0 | --steps must be at least 1, but is 0",
        "--repeat=0 | --repeat must be at least 1, but is 0",
        "--threads=0 | --threads must be between 1 and 256, but is 0",
        "--context=512 | --context 512 takes 577 positions with its answers, but model and cache"
            + " have 512",
        "--kv-cache-memory=512KiB | --batch 8 at --context 256 takes 88 blocks of the KV cache,"
            + " which has 32: give --kv-cache-memory more"
      })
  void refusal_namesFlagValueAndLimit(String flag, String message) {
    CommandRun ran = run(flag);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
    assertThat(ran.out()).isEmpty();
  }

  private static CommandRun run(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--model=" + model, "--device=cpu", "--dtype=fp32", "--kernel=plain"));
    if (all.stream().noneMatch(option -> option.startsWith("--threads"))) {
      all.add("--threads=1");
    }
    return CommandRun.of(new BenchEngineCommand(), all);
  }
}
