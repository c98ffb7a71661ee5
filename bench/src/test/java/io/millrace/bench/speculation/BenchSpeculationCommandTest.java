package io.millrace.bench.speculation;

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

/** How much is gained is for a model to say that can copy, not for these. */
final class BenchSpeculationCommandTest {
  private static final String CONFIG =
      "--speculative-config={\"method\":\"ngram\",\"num_speculative_tokens\":4,"
          + "\"prompt_lookup_max\":3,\"prompt_lookup_min\":1}";
  private static Path model;

  @BeforeAll
  static void write(@TempDir Path folder) throws IOException {
    model = TinyCheckpoint.llama().withMaxPositions(2048).writeTo(folder);
  }

  @Test
  void json_hasAllSets_withEqualAnswersInFloat32() {
    CommandRun ran = run(CONFIG, "--prompts=1", "--tokens=20", "--repeat=2", "--json");

    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode results = ran.json().path("results");
    assertThat(results).hasSize(6);
    for (JsonNode result : results) {
      assertThat(result.path("ratio").asDouble()).isPositive();
      assertThat(result.path("tokens").asInt()).isEqualTo(40);
      assertThat(result.path("equal_answers")).isEqualTo(result.path("answers"));
      assertThat(result.path("num_accepted_tokens").asInt())
          .isLessThanOrEqualTo(result.path("num_draft_tokens").asInt());
    }
  }

  @Test
  void draftModel_givesEqualAnswersInFloat32(@TempDir Path folder) throws IOException {
    TinyCheckpoint large = TinyCheckpoint.llama().withMaxPositions(2048).withLayers(12);
    Path target = large.writeTo(folder.resolve("target"));
    Path draft = large.withLayers(1).writeTo(folder.resolve("draft"));

    CommandRun ran =
        run(
            "--speculative-config={\"method\":\"draft_model\",\"model\":\"%s\",".formatted(draft)
                + "\"num_speculative_tokens\":4}",
            "--model=" + target,
            "--prompts=2",
            "--streams=2",
            "--tokens=20",
            "--repeat=1",
            "--json");

    assertThat(ran.code()).as(ran.err()).isZero();
    int proposed = 0;
    for (JsonNode result : ran.json().path("results")) {
      assertThat(result.path("equal_answers")).isEqualTo(result.path("answers"));
      proposed += result.path("num_draft_tokens").asInt();
    }
    assertThat(proposed).isPositive();
  }

  @Test
  void table_hasALineForEachSetAndTheRatios() {
    CommandRun ran = run(CONFIG, "--prompts=1", "--tokens=8", "--repeat=1");

    List<String> lines = ran.out().lines().toList();
    assertThat(lines).hasSize(8);
    assertThat(lines.get(0)).isEqualTo(SpeculationResult.HEADER);
    assertThat(lines.get(7)).matches("where answers copy [0-9.]+, elsewhere at least [0-9.]+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--streams=0 | --streams must be at least 1, but is 0",
        "--prompts=0 | --prompts must be at least 1, but is 0",
        "--tokens=0 | --tokens must be at least 1, but is 0",
        "--repeat=0 | --repeat must be at least 1, but is 0",
        "--sets=poem | --sets must be one of [edit, passage, table, table at 1, random at 1, random]",
        "--seed=1 | --speculative-config must be given, as there is no default, but is none"
      })
  void refusal_namesFlagValueAndLimit(String flag, String message) {
    CommandRun ran = run(flag);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
  }

  private static CommandRun run(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    if (all.stream().noneMatch(option -> option.startsWith("--model="))) {
      all.add("--model=" + model);
    }
    all.addAll(List.of("--device=cpu", "--dtype=fp32", "--kernel=plain", "--threads=1"));
    return CommandRun.of(new BenchSpeculationCommand(), all);
  }
}
