package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class BenchServeCommandTest {
  private static Path tokenizer;

  @BeforeAll
  static void write(@TempDir Path folder) throws IOException {
    tokenizer = TinyCheckpoint.llama().writeAllButWeights(folder);
  }

  @Test
  void json_sumsUpWhatTheServerSaid() throws IOException {
    try (FakeServer server = new FakeServer(i -> false, true)) {
      CommandRun ran =
          run(
              server.url(),
              "--json",
              "--save-detailed",
              "--max-concurrency=2",
              "--request-rate=1000",
              "--num-warmups=2",
              "--ready-check-timeout-sec=5",
              "--metadata",
              "card=x",
              "version=1");

      assertThat(ran.code()).isZero();
      JsonNode json = ran.json();
      assertThat(json.path("model_id").asString()).isEqualTo("org/fake");
      assertThat(json.path("completed").asInt()).isEqualTo(6);
      assertThat(json.path("failed").asInt()).isZero();
      assertThat(json.path("total_input_tokens").asInt()).isEqualTo(6 * 3);
      assertThat(json.path("total_output_tokens").asInt()).isEqualTo(6 * 5);
      assertThat(json.path("itls").path(0).size()).isEqualTo(4);
      assertThat(json.path("generated_texts").path(5).asString()).isEqualTo("ööööö");
      assertThat(json.path("errors").path(0).asString()).isEmpty();
      assertThat(json.path("max_concurrent_requests").asInt()).isBetween(1, 2);
      assertThat(json.path("request_rate").asInt()).isEqualTo(1000);
      assertThat(json.path("card").asString()).isEqualTo("x");
      assertThat(json.path("version").asString()).isEqualTo("1");
      // One to see whether the server is ready, two to warm up.
      assertThat(server.bodies()).hasSize(9);
      assertThat(server.bodies().stream().map(body -> body.path("prompt").asString()).distinct())
          .hasSize(7);
    }
  }

  @Test
  void result_hasTheKeysOfVllm() throws IOException {
    try (FakeServer server = new FakeServer(i -> false, true)) {
      JsonNode json = run(server.url(), "--json").json();

      assertThat(json.propertyNames())
          .contains(
              "date",
              "endpoint_type",
              "backend",
              "label",
              "model_id",
              "tokenizer_id",
              "num_prompts",
              "request_rate",
              "burstiness",
              "max_concurrency",
              "duration",
              "request_goodput",
              "p99_e2el_ms",
              "std_itl_ms")
          .doesNotContain("ttfts", "errors");
      assertThat(json.path("request_rate").asString()).isEqualTo("inf");
      assertThat(json.path("max_concurrency").isNull()).isTrue();
    }
  }

  @Test
  void requests_sayWhatTheFlagsSay() throws IOException {
    try (FakeServer server = new FakeServer(i -> false, true)) {
      run(
          server.url(),
          "--model=m",
          "--random-as-ids",
          "--temperature=0",
          "--top-k=4",
          "--extra-body={\"top_k\":7,\"n\":1}",
          "--header",
          "Authorization=Bearer k");

      JsonNode body = server.bodies().get(0);
      assertThat(body.path("model").asString()).isEqualTo("m");
      assertThat(body.path("prompt").isArray()).isTrue();
      assertThat(body.path("max_tokens").asInt()).isEqualTo(5);
      assertThat(body.path("stream").asBoolean()).isTrue();
      assertThat(body.path("stream_options").path("include_usage").asBoolean()).isTrue();
      assertThat(body.path("ignore_eos").asBoolean()).isTrue();
      assertThat(body.path("temperature").asDouble(1)).isZero();
      assertThat(body.path("top_k").asInt()).isEqualTo(7);
      assertThat(body.path("n").asInt()).isEqualTo(1);
      assertThat(server.authorizations()).contains("Bearer k");
    }
  }

  @Test
  void chat_countsTokensItselfWhereTheServerDoesNot() throws IOException {
    try (FakeServer server = new FakeServer(i -> false, false)) {
      CommandRun ran = run(server.url(), "--backend=openai-chat", "--json");

      assertThat(ran.code()).isZero();
      JsonNode body = server.bodies().get(0);
      assertThat(body.path("messages").path(0).path("content").asString()).isNotEmpty();
      // The tiny tokenizer makes a token of each byte, and there are two in a letter.
      assertThat(ran.json().path("total_output_tokens").asInt()).isEqualTo(6 * 5 * 2);
    }
  }

  @Test
  void failures_areCountedAndTheFirstIsTold() throws IOException {
    try (FakeServer server = new FakeServer(i -> i % 3 == 1, true)) {
      CommandRun ran = run(server.url(), "--max-concurrency=1");

      assertThat(ran.code()).isZero();
      assertThat(ran.out())
          .contains(
              "Successful requests:                     4",
              "Failed requests:                         2");
      assertThat(ran.err())
          .contains("2 of 6 requests failed; number 2 first: status 503", "no room");
    }
  }

  @Test
  void nothingButFailures_isOne() throws IOException {
    try (FakeServer server = new FakeServer(i -> true, true)) {
      assertThat(run(server.url()).code()).isEqualTo(1);
    }
  }

  @Test
  void saveResult_writesTheFile(@TempDir Path folder) throws IOException {
    try (FakeServer server = new FakeServer(i -> false, true)) {
      Path results = folder.resolve("results");
      run(server.url(), "--save-result", "--result-dir=" + results, "--result-filename=r.json");
      run(server.url(), "--save-result", "--result-dir=" + results, "--label=l");

      JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(results.resolve("r.json")));
      assertThat(json.path("completed").asInt()).isEqualTo(6);
      try (var files = Files.list(results)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .anyMatch(name -> name.matches("l-infqps-fake-\\d{8}-\\d{6}\\.json"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port=0 | --port must be 1 to 65535, but is 0",
        "--base-url=nowhere | --base-url must be an address such as http://127.0.0.1:8000, but is"
            + " nowhere",
        "--header=x | --header must be KEY=VALUE, but is x",
        "--extra-body=[] | --extra-body must be a JSON object, but is []",
        "--request-rate=0 | --request-rate must be more than 0, or inf, but is 0.0",
        "--request-rate=fast | must be a number or inf, but is fast",
        "--burstiness=-1 | --burstiness must be more than 0, or inf, but is -1.0",
        "--max-concurrency=0 | --max-concurrency must be at least 1, but is 0",
        "--num-warmups=-1 | --num-warmups must be at least 0, but is -1",
        "--backend=tgi | must be openai or openai-chat, but is tgi",
        "--goodput=itl:3 | --goodput must name ttft, tpot, e2el, but names itl",
        "--goodput=ttft | --goodput must be NAME:MS with 0 or more milliseconds, but is ttft",
        "--percentile-metrics=x | --percentile-metrics must name ttft, tpot, itl, e2el, but"
            + " names x",
        "--metric-percentiles=101 | --metric-percentiles must be 0 to 100, but is 101.0",
      })
  void refusal_namesFlagValueAndLimit(String flag, String message) {
    CommandRun ran = CommandRun.of(new BenchServeCommand(), List.of(flag));

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(message);
  }

  private static CommandRun run(String url, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--base-url=" + url);
    all.add("--tokenizer=" + tokenizer);
    all.addAll(List.of("--num-prompts=6", "--random-input-len=8", "--random-output-len=5"));
    return CommandRun.of(new BenchServeCommand(), all);
  }
}
