package io.millrace.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.TinyCheckpoint;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code millrace serve} as a person starts it, asked over HTTP. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServeIT {
  private static final int CLIENTS = 64;

  @TempDir private static Path folder;

  private static MillraceProcess serve;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    TinyCheckpoint.llama().writeTo(folder.resolve("model"));
    serve = serve();
    client = new Client(serve.port());
  }

  @AfterAll
  static void stop() {
    serve.close();
  }

  private static MillraceProcess serve() throws Exception {
    return MillraceProcess.start(
        "ready:",
        "serve",
        "--model=" + folder.resolve("model"),
        "--dtype=fp32",
        "--threads=1",
        "--port=0",
        "--broker-port=0",
        "--root-path=/llm",
        "--data-dir=" + folder.resolve("kafka"));
  }

  @Test
  void completionAndChat_areAnswered() throws Exception {
    HttpResponse<String> completion =
        client.post("/completion", "{\"prompt\":\"hello, who are you? \",\"max_tokens\":12}");
    assertThat(completion.statusCode()).isEqualTo(200);
    assertThat(Client.json(completion).propertyNames()).containsExactly("request_id", "text");

    HttpResponse<String> chat =
        client.post(
            "/chat",
            "{\"messages\":[{\"role\":\"system\",\"content\":\"you are a helpful assistant\"},"
                + "{\"role\":\"user\",\"content\":\"what is 1+1?\"}],\"max_tokens\":12}");
    assertThat(chat.statusCode()).isEqualTo(200);
    assertThat(Client.json(chat).path("role").asString()).isEqualTo("assistant");

    HttpResponse<String> openAi =
        client.post("/v1/completions", "{\"prompt\":\"a\",\"max_tokens\":5,\"ignore_eos\":true}");
    assertThat(Client.json(openAi).at("/usage/completion_tokens").asInt()).isEqualTo(5);
    assertThat(Client.json(openAi).at("/choices/0/finish_reason").asString()).isEqualTo("length");
  }

  @Test
  void contentInParts_isItsText() throws Exception {
    HttpResponse<String> text = chat("\"what is\\n1+1?\"");
    HttpResponse<String> parts =
        chat("[{\"type\":\"text\",\"text\":\"what is\"},{\"type\":\"text\",\"text\":\"1+1?\"}]");
    assertThat(parts.body()).isEqualTo(text.body());
    assertThat(Client.json(parts).path("text").asString()).isNotEmpty();

    HttpResponse<String> image = chat("[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]");
    assertThat(image.statusCode()).isEqualTo(400);
    assertThat(image.body()).contains("messages[0].content may hold only parts of the form");
  }

  @Test
  void toolChoice_hasAModelThatSaysAnythingCallTheFunction() throws Exception {
    String tool =
        "{\"type\":\"function\",\"function\":{\"name\":\"light\",\"strict\":true,\"parameters\":"
            + "{\"type\":\"object\",\"properties\":{\"on\":{\"type\":\"boolean\"}},"
            + "\"required\":[\"on\"],\"additionalProperties\":false}}}";
    String chat =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"light!\"}],\"max_tokens\":120,\"tools\":["
            + tool
            + "],\"parallel_tool_calls\":false,\"tool_choice\":%s}";

    JsonNode required = choice(chat.formatted("\"required\""));
    JsonNode named =
        choice(chat.formatted("{\"type\":\"function\",\"function\":{\"name\":\"light\"}}"));

    assertThat(required.path("finish_reason").asString()).isEqualTo("tool_calls");
    assertThat(named.path("finish_reason").asString()).isEqualTo("stop");
    for (JsonNode choice : List.of(required, named)) {
      JsonNode function = choice.at("/message/tool_calls/0/function");
      assertThat(function.path("name").asString()).isEqualTo("light");
      assertThat(function.path("arguments").asString()).matches("\\{\"on\": ?(true|false)}");
    }
  }

  private static JsonNode choice(String body) throws Exception {
    return Client.json(client.post("/v1/chat/completions", body)).at("/choices/0");
  }

  private static HttpResponse<String> chat(String content) throws Exception {
    return client.post(
        "/chat",
        "{\"messages\":[{\"role\":\"user\",\"content\":%s}],\"max_tokens\":12}".formatted(content));
  }

  @Test
  void stream_isTheWholeAnswerInPieces() throws Exception {
    String question = "{\"prompt\":\"once upon a time\",\"max_tokens\":30,\"ignore_eos\":true";
    HttpResponse<String> whole = client.post("/completion", question + "}");
    HttpResponse<String> stream = client.post("/completion", question + ",\"stream\":\"true\"}");

    assertThat(Client.events(stream)).hasSizeGreaterThan(5);
    assertThat(Client.streamedText(stream)).isEqualTo(Client.text(whole));
  }

  @Test
  void status_isTold() throws Exception {
    assertThat(client.get("/ping").body()).contains("Healthy");
    assertThat(client.get("/engine_check").body()).contains("Running");
    assertThat(client.get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(client.get("/openapi.json").body()).contains("/completion", "/chat");
    assertThat(client.get("/docs").statusCode()).isIn(200, 302, 307);
    assertThat(client.get("/metrics").body())
        .contains("millrace_time_to_first_token_seconds", "millrace_kv_cache_usage_perc");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"prompt":5}                                  | 400 | prompt must be a string
          {"prompt":"a","temperature":9}                | 400 | temperature must be between 0 and 2, but is 9
          {"prompt":"a","temperature":"hot"}            | 400 | temperature must be a number
          {"prompt":"a","max_tokens":100000}            | 400 | max_tokens must be at most
          {"prompt":[1,2,99999]}                        | 400 | prompt holds token id 99999
          {bad                                          | 400 | the body is not valid JSON
          ``                                            | 400 | the body is empty
          """)
  void wrongRequest_isRefusedInWords(String body, int status, String words) throws Exception {
    HttpResponse<String> refused = client.post("/completion", body);
    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(Client.json(refused).at("/error/message").asString()).contains(words);
    assertThat(client.post("/completion", "{\"prompt\":\"a\",\"max_tokens\":1}").statusCode())
        .isEqualTo(200);
  }

  @Test
  void promptThatIsTooLong_isRefused() throws Exception {
    HttpResponse<String> refused =
        client.post("/completion", "{\"prompt\":\"" + "word ".repeat(2000) + "\"}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(Client.json(refused).at("/error/message").asString()).contains("tokens; at most");
  }

  @Test
  void unknownPath_is404() throws Exception {
    assertThat(client.get("/nope").statusCode()).isEqualTo(404);
  }

  @Test
  void manyStreams_areEachAsIfAlone() throws Exception {
    List<String> questions = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      questions.add(question(i));
    }
    List<CompletableFuture<HttpResponse<String>>> together =
        questions.stream().map(question -> client.postLater("/completion", question)).toList();
    for (int i = 0; i < CLIENTS; i++) {
      String text = Client.streamedText(together.get(i).get());
      String alone = Client.streamedText(client.post("/completion", questions.get(i)));
      assertThat(text).as(questions.get(i)).isEqualTo(alone).doesNotStartWith("incomplete");
    }
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void restart_worksOnTheSameData() throws Exception {
    assertThat(serve.output()).contains("try http://127.0.0.1:%d/llm/docs".formatted(serve.port()));
    String answer = Client.text(askAgain());
    assertThat(serve.stop()).as(serve.output()).isIn(0, 143);
    serve = serve();
    client = new Client(serve.port());
    assertThat(Client.text(askAgain())).isEqualTo(answer);
  }

  private static HttpResponse<String> askAgain() throws Exception {
    return client.post("/llm/completion", "{\"prompt\":\"again\",\"max_tokens\":8}");
  }

  /** Different lengths and sampling settings; every fourth is greedy. */
  private static String question(int i) {
    String sampling =
        switch (i % 4) {
          case 0 -> "";
          case 1 -> ",\"temperature\":0.8,\"top_k\":20,\"do_sample\":true";
          case 2 -> ",\"temperature\":1.3,\"top_p\":0.7,\"repetition_penalty\":1.2";
          default -> ",\"temperature\":0.6";
        };
    return "{\"prompt\":\"%s\",\"stream\":true,\"seed\":%d,\"max_tokens\":%d%s}"
        .formatted("so ".repeat(1 + i % 17), 1000 + i, 5 + i % 29, sampling);
  }
}
