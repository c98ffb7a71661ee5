package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiOptions;
import io.millrace.api.ApiService;
import io.millrace.cli.KafkaOptions;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The api as it is in production, on a real broker, with a worker whose replies a test chooses. */
class ApiServiceIT {
  private static final Usage USAGE = new Usage(3, 2);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static ConfigurableApplicationContext api;
  private static ScriptedWorker worker;
  private static URI root;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(folder, 0);
    KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
    ServedModel model = new ServedModel();
    ApiOptions options = new ApiOptions().at("127.0.0.1", 0).limitedTo(3, Duration.ofSeconds(60));
    api =
        ApiService.start(
            options, kafka, model, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    root = URI.create("http://127.0.0.1:" + ApiService.port(api));
    worker =
        new ScriptedWorker(
            new KafkaCluster(broker.bootstrapServers()), kafka.topics(), model.name());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (worker != null) {
      worker.close();
    }
    if (api != null) {
      api.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void completion_isAnsweredWhole() throws Exception {
    worker.onRequest(
        request -> worker.reply(request, accepted(request, 1), finished(request, 1, 2, "Hi!")));

    HttpResponse<String> response = post("/completion", "{\"prompt\":\"hello\"}");

    GenerationRequest request = worker.takenRequest();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body())
        .isEqualTo("{\"request_id\":\"%s\",\"text\":\"Hi!\"}".formatted(request.id()));
    assertThat(request.prompt()).isEqualTo(new Prompt.Text("hello"));
    assertThat(request.sampling().temperature()).isZero();
    assertThat(request.sampling().seed()).isNotNull();
    assertThat(request.deadline()).isAfter(request.createdAt());
  }

  @Test
  void chat_isAnsweredByTheAssistant() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 2, "2")));

    HttpResponse<String> response =
        post("/chat", "{\"messages\":[{\"role\":\"user\",\"content\":\"what is 1+1?\"}]}");

    assertThat(response.body()).isEqualTo("{\"role\":\"assistant\",\"text\":\"2\"}");
    assertThat(((Prompt.Chat) worker.takenRequest().prompt()).addGenerationPrompt()).isTrue();
  }

  @Test
  void stream_showsEachPieceWhenItComes() throws Exception {
    worker.onRequest(
        request -> worker.reply(request, accepted(request, 1), delta(request, 1, 1, "a")));

    try (BufferedReader lines = stream("/completion", "{\"prompt\":\"x\",\"stream\":\"true\"}")) {
      GenerationRequest request = worker.takenRequest();
      assertThat(event(lines)).isEqualTo(text(request, "a"));
      worker.reply(request, delta(request, 1, 2, "b"));
      assertThat(event(lines)).isEqualTo(text(request, "b"));
      worker.reply(request, finished(request, 1, 3, "c"));
      assertThat(event(lines)).isEqualTo(text(request, "c"));
      assertThat(event(lines)).isEqualTo("data: [DONE]");
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void stream_thatStartsAgainElsewhere_showsNothingTwice() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(
                request,
                accepted(request, 1),
                delta(request, 1, 1, "a"),
                delta(request, 1, 2, "b"),
                delta(request, 1, 2, "b"),
                accepted(request, 2),
                delta(request, 2, 1, "a"),
                delta(request, 2, 2, "b"),
                delta(request, 2, 4, "c"),
                finished(request, 2, 5, "d"),
                finished(request, 1, 5, "d")));

    String body =
        post("/chat", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream\":true}")
            .body();

    assertThat(body).startsWith("data: {\"index\":0,\"message\":{\"role\":\"assistant\"}}\n\n");
    assertThat(body).endsWith("data: [DONE]\n\n");
    assertThat(body.replaceAll("(?s)data: .*?(?:\"content\":\"(\\w+)\"}}|\\})?\n\n", "$1"))
        .isEqualTo("abcd");
  }

  @Test
  void failure_beforeTheFirstText_hasItsStatus() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(
                request,
                accepted(request, 1),
                failed(request, FailureKind.INVALID, "prompt is too long")));

    HttpResponse<String> response = post("/completion", "{\"prompt\":\"x\",\"stream\":true}");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .isEqualTo(
            "{\"error\":{\"message\":\"prompt is too long\",\"type\":\"invalid_request_error\","
                + "\"param\":\"prompt\",\"code\":\"invalid\"}}");
  }

  @Test
  void failure_inAStream_isItsLastEvent() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(
                request,
                delta(request, 1, 1, "a"),
                failed(request, FailureKind.INTERNAL, "the worker broke")));

    HttpResponse<String> response = post("/completion", "{\"prompt\":\"x\",\"stream\":true}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("data: {\"error\":{\"message\":\"the worker broke\"");
    assertThat(response.body()).doesNotContain("[DONE]");
  }

  @Test
  void clientThatLeavesAStream_isCancelled() throws Exception {
    worker.onRequest(request -> worker.reply(request, delta(request, 1, 1, "a")));
    GenerationRequest request;
    try (BufferedReader lines = stream("/completion", "{\"prompt\":\"x\",\"stream\":true}")) {
      request = worker.takenRequest();
      assertThat(event(lines)).isEqualTo(text(request, "a"));
    }

    assertThat(worker.cancelOf(request.id())).isPresent();
  }

  @Test
  void clientThatLeavesWhileWaiting_isCancelled() throws Exception {
    worker.onRequest(request -> {});
    var pending =
        client.sendAsync(
            request("/completion", "{\"prompt\":\"x\"}"), HttpResponse.BodyHandlers.ofString());
    GenerationRequest request = worker.takenRequest();
    pending.cancel(true);

    assertThat(worker.cancelOf(request.id())).isPresent();
  }

  @Test
  void queue_isBounded() throws Exception {
    worker.onRequest(request -> {});
    HttpRequest waiting = request("/completion", "{\"prompt\":\"x\"}");
    var pending =
        List.of(
            client.sendAsync(waiting, HttpResponse.BodyHandlers.ofString()),
            client.sendAsync(waiting, HttpResponse.BodyHandlers.ofString()),
            client.sendAsync(waiting, HttpResponse.BodyHandlers.ofString()));
    List<GenerationRequest> taken =
        List.of(worker.takenRequest(), worker.takenRequest(), worker.takenRequest());

    HttpResponse<String> refused = post("/completion", "{\"prompt\":\"x\"}");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();

    for (GenerationRequest request : taken) {
      worker.reply(request, finished(request, 1, 1, "late"));
    }
    for (var response : pending) {
      assertThat(response.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void badRequests_areRefusedAtOnce() throws Exception {
    assertRefused(post("/completion", ""), 400, "the body is empty");
    assertRefused(post("/completion", "{\"prompt\":"), 400, "not valid JSON");
    assertRefused(post("/completion", "[]"), 400, "must be a JSON object");
    assertRefused(post("/completion", "{}"), 400, "prompt is required");
    assertRefused(post("/completion", "{\"prompt\":5}"), 400, "prompt must be a string");
    assertRefused(
        post("/completion", "{\"prompt\":\"x\",\"temperature\":3}"),
        400,
        "temperature must be between 0 and 2, but is 3");
    assertRefused(post("/completion", "{\"prompt\":\"x\",\"num_beams\":4}"), 400, "num_beams");
    assertRefused(post("/chat", "{\"messages\":[]}"), 400, "at least one message");
    assertRefused(post("/nowhere", "{}"), 404, "there is no /nowhere");
    assertRefused(get("/completion"), 405, "does not take GET");
    assertRefused(
        post("/completion", "{\"prompt\":\"" + "x".repeat(9_000_000) + "\"}"), 413, "8388608");
  }

  @Test
  void contentType_isNotLookedAt() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 1, "ok")));
    HttpRequest form =
        HttpRequest.newBuilder(root.resolve("/completion"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"x\"}"))
            .build();

    assertThat(client.send(form, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void engineCheck_followsTheWorkers() throws Exception {
    worker.leave();
    awaitEngine(503, "{\"status\":\"Error\"}");
    worker.announce(4);
    awaitEngine(200, "{\"status\":\"Running\"}");

    assertRefused(
        post("/completion", "{\"prompt\":[1,2,3,4,5]}"),
        400,
        "prompt may have at most 4 tokens, but has 5");
    worker.leave();
    awaitEngine(503, "{\"status\":\"Error\"}");
  }

  @Test
  void pages_areServed() throws Exception {
    assertThat(get("/ping").body()).isEqualTo("{\"status\":\"Healthy\"}");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body())
        .contains("millrace_num_requests_waiting")
        .contains("millrace_time_to_first_token_seconds_bucket")
        .contains("millrace_requests_total{outcome=\"stop\"}");
  }

  private void awaitEngine(int status, String body) throws Exception {
    Instant limit = Instant.now().plusSeconds(60);
    HttpResponse<String> response = get("/engine_check");
    while (response.statusCode() != status && Instant.now().isBefore(limit)) {
      response = get("/engine_check");
    }
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(body);
  }

  private static void assertRefused(HttpResponse<String> response, int status, String message) {
    assertThat(response.body()).contains(message).contains("\"error\":{\"message\":");
    assertThat(response.statusCode()).isEqualTo(status);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(root.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return client.send(request(path, body), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(String path, String body) {
    return HttpRequest.newBuilder(root.resolve(path))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private BufferedReader stream(String path, String body) throws Exception {
    InputStream events =
        client.send(request(path, body), HttpResponse.BodyHandlers.ofInputStream()).body();
    return new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
  }

  private static String event(BufferedReader lines) throws IOException {
    String event = lines.readLine();
    assertThat(lines.readLine()).isEmpty();
    return event;
  }

  private static String text(GenerationRequest request, String text) {
    return "data: {\"request_id\":\"%s\",\"text\":\"%s\"}".formatted(request.id(), text);
  }

  private static Reply accepted(GenerationRequest request, int attempt) {
    return new Reply.Accepted(request.id(), attempt, "scripted", 1);
  }

  private static Reply delta(GenerationRequest request, int attempt, int seq, String text) {
    return new Reply.Delta(request.id(), attempt, seq, text);
  }

  private static Reply finished(GenerationRequest request, int attempt, int seq, String text) {
    return new Reply.Finished(request.id(), attempt, seq, text, FinishReason.STOP, USAGE);
  }

  private static Reply failed(GenerationRequest request, FailureKind kind, String message) {
    return new Reply.Failed(request.id(), 1, 2, kind, message, "prompt");
  }
}
