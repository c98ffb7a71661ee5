package io.millrace.bench.golden;

import static io.millrace.bench.golden.GoldenRuns.check;
import static io.millrace.bench.golden.GoldenRuns.load;
import static io.millrace.bench.golden.GoldenRuns.speculation;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.start.ModelRuntime;
import io.millrace.testing.SharedFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The goldens of all families, where they are at hand. */
final class GoldenFamiliesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama2-mha",
        "llama3-gqa-ropescaling",
        "llama-linear-rope",
        "llama-headdim-bias",
        "smollm2-tied-sharded",
        "mistral-window",
        "qwen2-bias",
        "qwen3-qknorm",
        "baichuan2-7b-rope",
        "baichuan2-7b-rope-bin",
        "baichuan2-13b-alibi"
      })
  void family_computesWhatItsReferenceComputes(String name) {
    Path golden = SharedFiles.require("goldens/" + name);
    List<GoldenCase> cases = GoldenCase.read(golden.resolve("golden.json"));
    try (ModelRuntime runtime = load(golden)) {
      for (int chunk : new int[] {512, 16, 7}) {
        assertThat(check(runtime, cases, chunk)).allMatch(GoldenResult::passed);
      }
      for (GoldenCase alone : cases) {
        assertThat(check(runtime, List.of(alone), 1)).allMatch(GoldenResult::passed);
      }
      GoldenCheck speculating =
          new GoldenCheck(runtime.model(), runtime.prompts(), speculation(cases));
      assertThat(speculating.check(cases)).allMatch(GoldenResult::passed);
      assertThat(speculating.counts().accepted()).isPositive();
    }
  }
}
