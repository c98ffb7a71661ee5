package io.millrace.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.CommandRun;
import io.millrace.testing.TinyCheckpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A rehearsal on a CPU, by the kernels of a GPU. */
final class BenchGpuCheckCommandTest {
  private static final String PROPERTY = "millrace.like-cuda";

  @TempDir private Path folder;

  @BeforeEach
  void computeLikeCuda() {
    System.setProperty(PROPERTY, "true");
  }

  @AfterEach
  void computeAsUsual() {
    System.clearProperty(PROPERTY);
  }

  private static CommandRun run(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    for (String usual : List.of("--device=cpu", "--python=", "--minutes=2")) {
      String flag = usual.substring(0, usual.indexOf('=') + 1);
      if (all.stream().noneMatch(option -> option.startsWith(flag))) {
        all.add(0, usual);
      }
    }
    return CommandRun.of(new BenchGpuCheckCommand(), all);
  }

  private static JsonNode verdict(JsonNode report, String check) {
    for (JsonNode verdict : report.path("verdicts")) {
      if (verdict.path("check").asString().startsWith(check)) {
        return verdict;
      }
    }
    throw new AssertionError("no verdict on " + check + " in " + report);
  }

  @Test
  void report_hasVerdictsCeilingsAndSpeeds() throws Exception {
    Path model = TinyCheckpoint.llama().writeTo(folder.resolve("tiny"));
    Files.writeString(
        model.resolve("golden.json"),
        """
        {"cases": [{"prompt": [5, 6, 7], "greedy": [400], "logits_first8": [], "top5": []}]}
        """);
    Path file = folder.resolve("report.json");
    CommandRun ran = run("--batch=1,3", "--json", "--report=" + file, "--golden", model.toString());

    // No model gives a token that is none.
    assertThat(ran.code()).isOne();
    JsonNode report = ran.json();
    assertThat(JsonMapper.shared().readTree(Files.readString(file))).isEqualTo(report);
    assertThat(report.path("device").asString()).startsWith("cpu, libtorch ");
    assertThat(report.path("kernels").path("bf16").asString()).isEqualTo("plain-bf16");
    assertThat(report.path("ceilings").path("copy_gb_per_second").asDouble()).isPositive();
    assertThat(report.path("ceilings").path("bf16_tflops").asDouble()).isPositive();
    assertThat(verdict(report, "products in fp32").path("result").asString()).isEqualTo("ok");
    assertThat(verdict(report, "goldens of tiny").path("result").asString()).isEqualTo("failed");
    assertThat(verdict(report, "mixed requests").path("detail").asString())
        .isEqualTo("64 of 64 as on the CPU");
    assertThat(verdict(report, "bf16 against fp32").path("result").asString()).isEqualTo("ok");
    List<String> speeds = new ArrayList<>();
    for (JsonNode speed : report.path("speeds")) {
      speeds.add(speed.path("what").asString() + " " + speed.path("batch").asInt());
      assertThat(speed.path("tokens_per_second").asDouble()).isPositive();
      assertThat(speed.path("ceiling_share").asDouble()).isPositive();
    }
    assertThat(speeds).startsWith("decode 1", "decode 3").hasSize(3);
  }

  @Test
  void table_hasALineForEachVerdictAndSpeed() {
    CommandRun ran = run("--batch=2");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("ok        products in fp32: no TensorFloat-32")
        .contains("left out  mixed requests: no --golden folder is named")
        .contains(Speed.HEADING)
        .containsPattern("tiny   decode      2 ")
        .containsPattern("tiny   prefill     2 ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--device=auto | --device must be cpu, cuda or cuda:N, but is auto",
        "--use-cuda-kernel=true | --device must be cuda or cuda:N when --use-cuda-kernel is given, but"
            + " is cpu",
        "--minutes=0 | --minutes must be between 1 and 600, but is 0",
        "--batch=0 | --batch must be at least 1, but is 0",
        "--context=0 | --context must be at least 1, but is 0",
        "--steps=0 | --steps must be at least 1, but is 0",
        "--shape=70b | --shape must be one of tiny, 1b, 8b, but is 70b",
        "--golden=/no/such/folder | --golden must be folders with golden.json, but is"
            + " /no/such/folder"
      })
  void refusal_namesFlagValueAndLimit(String flag, String message) {
    CommandRun ran = run(flag);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
    assertThat(ran.out()).isEmpty();
  }
}
