package io.millrace.bench.perplexity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bench.CommandRun;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PerplexityCommandTest {
  private static Path model;
  private static Path text;

  @BeforeAll
  static void write(@TempDir Path folder) throws IOException {
    model = TinyCheckpoint.llama().writeTo(folder.resolve("model"));
    text = Files.writeString(folder.resolve("text"), PerplexityCommand.essay().substring(0, 700));
  }

  @Test
  void perplexity_ofFloat32AgainstItselfHasNoDivergence() {
    JsonNode report = run("--dtype=fp32", "--kernel=plain");

    assertThat(report.path("tokens").asInt()).isBetween(100, 800);
    assertThat(report.path("mean_kl").asDouble()).isCloseTo(0, within(1e-9));
    assertThat(report.path("p99_kl").asDouble()).isCloseTo(0, within(1e-8));
    assertThat(report.path("equal_top").asDouble()).isEqualTo(1);
    // Random weights know next to nothing of the 384 tokens' order.
    assertThat(report.path("perplexity").asDouble()).isBetween(100.0, 2000.0);
    assertThat(report.path("perplexity").asDouble())
        .isCloseTo(report.path("reference_perplexity").asDouble(), within(1e-2));
  }

  @Test
  void perplexity_isFurtherAwayWithFewerBits() {
    double eight = run("--quantize=int8").path("mean_kl").asDouble();
    double four = run("--quantize=int4").path("mean_kl").asDouble();

    assertThat(eight).isBetween(1e-9, 0.01);
    assertThat(four).isBetween(eight, 0.3);
  }

  @Test
  void perplexity_readsShortWindowsWithLessContext() {
    JsonNode whole = run("--dtype=fp32");
    JsonNode cut = run("--dtype=fp32", "--window=16");

    assertThat(cut.path("tokens").asInt()).isGreaterThanOrEqualTo(whole.path("tokens").asInt());
    assertThat(cut.path("perplexity").asDouble()).isNotEqualTo(whole.path("perplexity").asDouble());
  }

  @Test
  void perplexity_printsALineForEachMeasure() {
    assertThat(print("--dtype=fp32").lines().map(line -> line.replaceAll("\\s{2,}.*", "")))
        .containsExactly(
            "tokens",
            "perplexity",
            "perplexity in fp32",
            "mean KL divergence",
            "p99 KL divergence",
            "equal top tokens");
  }

  @Test
  void essay_isLongEnoughToMeasureBy() {
    assertThat(PerplexityCommand.essay().split("\\s+")).hasSizeGreaterThan(1600);
  }

  private static JsonNode run(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--json");
    return JsonMapper.shared().readTree(print(all.toArray(String[]::new)));
  }

  private static String print(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--model=" + model, "--text=" + text, "--device=cpu", "--threads=1"));
    CommandRun ran = CommandRun.of(new PerplexityCommand(), all);
    assertThat(ran.code()).isZero();
    return ran.out();
  }
}
