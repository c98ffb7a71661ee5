package io.millrace.api.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.api.options.ApiOptions;
import io.millrace.api.workers.ServedModels;
import io.millrace.kafka.ModelDirectory;
import io.millrace.kafka.WorkerDirectory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BatchValidatorTest {
  private static final String GOOD =
      "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{%s}}\n";

  @Test
  void goodLines_areCounted() throws Exception {
    assertThat(check(line("a", "") + "\n" + line("b", "\"model\":\"tiny\"")))
        .isEqualTo(new BatchValidator.Result(2, List.of()));
  }

  @Test
  void badLines_areTold() throws Exception {
    String input =
        "[1]\n"
            + "{\"custom_id\":\"a\"\n"
            + line("b", "").replace("\"method\"", "\"color\"")
            + line("c", "").replace("POST", "PUT")
            + line("d", "").replace("/v1/completions", "/v1/responses")
            + line("", "")
            + line("x".repeat(513), "")
            + line("e", "\"model\":\"other\"")
            + line("f", "").replace("{}", "7")
            + line("g", "").replace("\"g\"", "7")
            + line("h", "")
            + line("h", "")
            + "x".repeat(400)
            + "\n";
    assertThat(check(input).errors())
        .extracting(LineError::line, LineError::code, LineError::param)
        .containsExactly(
            tuple(1, "invalid_json_line", null),
            tuple(2, "invalid_json_line", null),
            tuple(3, "unknown_parameter", "color"),
            tuple(4, "invalid_method", "method"),
            tuple(5, "invalid_url", "url"),
            tuple(6, "missing_required_parameter", "custom_id"),
            tuple(7, "line_too_long", null),
            tuple(8, "model_not_found", "body.model"),
            tuple(9, "invalid_type", "body"),
            tuple(10, "invalid_type", "custom_id"),
            tuple(12, "duplicate_custom_id", "custom_id"),
            tuple(13, "line_too_long", null));
  }

  @Test
  void filesOfTheWrongLength_areTold() throws Exception {
    assertThat(check("\n\n").errors()).extracting(LineError::code).containsExactly("empty_file");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      many.append(line("row " + i, ""));
    }
    assertThat(check(many.toString()).errors())
        .singleElement()
        .satisfies(
            error ->
                assertThat(error.message()).contains("at most 20 requests (--max-batch-lines)"));
  }

  private static String line(String customId, String body) {
    return GOOD.formatted(customId, body);
  }

  private static BatchValidator.Result check(String input) throws Exception {
    ApiOptions options = new ApiOptions();
    new CommandLine(options).parseArgs("--max-batch-lines=20");
    ServedModels models =
        new ServedModels(
            "tiny",
            "tiny",
            1,
            new WorkerDirectory(InstantSource.system()),
            new ModelDirectory(Duration.ZERO, InstantSource.system()));
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    try (LineReader reader = new LineReader(new ByteArrayInputStream(bytes), 300)) {
      return new BatchValidator(models, options).check(reader, "/v1/completions");
    }
  }
}
