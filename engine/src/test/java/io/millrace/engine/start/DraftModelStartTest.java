package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class DraftModelStartTest {
  private static @TempDir Path folder;
  private static Path target;

  @BeforeAll
  static void write() throws IOException {
    target = TinyCheckpoint.llama().withLayers(3).writeTo(folder.resolve("target"));
  }

  @Test
  void bothModels_areLoaded_withCachesForEquallyManyTokens() throws Exception {
    Path draft = TinyCheckpoint.llama().withLayers(1).writeTo(folder.resolve("draft"));
    try (ModelRuntime alone = EngineStart.load(target.toString(), options(draft), 4);
        ModelRuntime both = EngineStart.loadSpeculating(target.toString(), options(draft), 4)) {
      assertThat(alone.drafter()).isNull();
      assertThat(both.drafter()).isNotNull();
      // A fourth of the layers is the draft model's.
      assertThat(both.model().numBlocks()).isEqualTo(alone.model().numBlocks() * 3 / 4);
    }
  }

  @Test
  void modelsWithOtherTokens_areRefused() throws Exception {
    Path larger = TinyCheckpoint.llama().withVocabulary(400).writeTo(folder.resolve("larger"));
    assertThatThrownBy(() -> EngineStart.loadSpeculating(target.toString(), options(larger), 1))
        .isInstanceOf(StartFailure.class)
        .hasMessage(
            "--speculative-config: model %s: it has 400 tokens, and the model that is served has 384:"
                    .formatted(larger)
                + " both must have the same");
  }

  @Test
  void modelsThatAreNotThere_areRefused() {
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> EngineStart.loadSpeculating(target.toString(), options(nowhere), 1))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("--speculative-config: model " + nowhere + ": ");
  }

  private static EngineOptions options(Path draft) {
    EngineOptions options = new EngineOptions();
    new CommandLine(options)
        .parseArgs(
            "--dtype=fp32",
            "--kernel=plain",
            "--device=cpu",
            "--threads=1",
            "--kv-cache-memory=384KiB",
            "--speculative-config={\"model\":\"%s\",\"num_speculative_tokens\":3}"
                .formatted(draft));
    return options;
  }
}
