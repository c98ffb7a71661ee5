package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.accepted;
import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.failed;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The seed's endpoints, and what all endpoints share. */
class ApiServiceIT {
  private static ServedApi api;
  private static ScriptedWorker worker;

  @BeforeAll
  static void start() {
    api = SharedApi.get();
    worker = api.worker();
  }

  @Test
  void completion_isAnsweredWhole() throws Exception {
    worker.onRequest(
        request -> worker.reply(request, accepted(request, 1), finished(request, 1, 2, "Hi!")));

    HttpResponse<String> response = api.post("/completion", "{\"prompt\":\"hello\"}");

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
        api.post("/chat", "{\"messages\":[{\"role\":\"user\",\"content\":\"what is 1+1?\"}]}");

    assertThat(response.body()).isEqualTo("{\"role\":\"assistant\",\"text\":\"2\"}");
    assertThat(((Prompt.Chat) worker.takenRequest().prompt()).addGenerationPrompt()).isTrue();
  }

  @Test
  void chatInParts_reachesTheWorkerAsGiven() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 2, "c")));

    HttpResponse<String> response =
        api.post(
            "/chat",
            "{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                + "{\"type\":\"text\",\"text\":\"b\"}]}],\"echo\":true}");

    assertThat(response.body()).isEqualTo("{\"role\":\"assistant\",\"text\":\"a\\nbc\"}");
    Prompt.Chat chat = (Prompt.Chat) worker.takenRequest().prompt();
    assertThat(chat.messages().get(0))
        .containsEntry(
            "content",
            List.of(Map.of("type", "text", "text", "a"), Map.of("type", "text", "text", "b")));
  }

  @Test
  void stream_showsEachPieceWhenItComes() throws Exception {
    worker.onRequest(
        request -> worker.reply(request, accepted(request, 1), delta(request, 1, 1, "a")));

    try (BufferedReader lines =
        api.stream("/completion", "{\"prompt\":\"x\",\"stream\":\"true\"}")) {
      GenerationRequest request = worker.takenRequest();
      assertThat(event(lines)).isEqualTo(text(request, "a"));
      worker.reply(request, delta(request, 1, 2, "b"));
      assertThat(event(lines)).isEqualTo(text(request, "b"));
      worker.reply(request, rest(request, 1, 3, "c"));
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
                delta(request, 2, 3, "c"),
                rest(request, 2, 4, "d"),
                rest(request, 1, 4, "d")));

    String body =
        api.post("/chat", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream\":true}")
            .body();

    assertThat(body).contains("\ndata: {\"index\":0,\"message\":{\"role\":\"assistant\"}}\n\n");
    assertThat(body).endsWith("data: [DONE]\n\n");
    assertThat(body.split("\"content\":\""))
        .extracting(piece -> piece.charAt(0))
        .containsExactly('i', 'a', 'b', 'c', 'd');
  }

  @Test
  void failure_beforeTheFirstText_hasItsStatus() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(
                request,
                accepted(request, 1),
                failed(request, FailureKind.INVALID, "prompt is too long")));

    HttpResponse<String> response = api.post("/completion", "{\"prompt\":\"x\",\"stream\":true}");

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

    HttpResponse<String> response = api.post("/completion", "{\"prompt\":\"x\",\"stream\":true}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("data: {\"error\":{\"message\":\"the worker broke\"");
    assertThat(response.body()).doesNotContain("[DONE]");
  }

  @Test
  void clientThatLeavesAStream_isCancelled() throws Exception {
    worker.onRequest(request -> worker.reply(request, delta(request, 1, 1, "a")));
    GenerationRequest request;
    try (BufferedReader lines = api.stream("/completion", "{\"prompt\":\"x\",\"stream\":true}")) {
      request = worker.takenRequest();
      assertThat(event(lines)).isEqualTo(text(request, "a"));
    }

    assertThat(worker.cancelOf(request.id())).isPresent();
    assertThat(api.get("/metrics").body())
        .containsPattern(
            "millrace_requests_total\\{model_name=\"[^\"]+\",outcome=\"cancelled\"} [1-9]");
  }

  @Test
  void clientThatLeavesWhileWaiting_isCancelled() throws Exception {
    worker.onRequest(request -> {});
    var pending = api.postLater("/completion", "{\"prompt\":\"x\"}");
    GenerationRequest request = worker.takenRequest();
    pending.cancel(true);

    assertThat(worker.cancelOf(request.id())).isPresent();
  }

  @Test
  void queue_isBounded() throws Exception {
    worker.onRequest(request -> {});
    String waiting = "{\"prompt\":\"x\"}";
    var pending =
        List.of(
            api.postLater("/completion", waiting),
            api.postLater("/completion", waiting),
            api.postLater("/completion", waiting));
    List<GenerationRequest> taken =
        List.of(worker.takenRequest(), worker.takenRequest(), worker.takenRequest());

    HttpResponse<String> refused = api.post("/completion", "{\"prompt\":\"x\"}");
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
    assertRefused(api.post("/completion", ""), 400, "the body is empty");
    assertRefused(api.post("/completion", "{\"prompt\":"), 400, "not valid JSON");
    assertRefused(api.post("/completion", "[]"), 400, "must be a JSON object");
    assertRefused(api.post("/completion", "{}"), 400, "prompt is required");
    assertRefused(api.post("/completion", "{\"prompt\":5}"), 400, "prompt must be a string");
    assertRefused(
        api.post("/completion", "{\"prompt\":\"x\",\"temperature\":3}"),
        400,
        "temperature must be between 0 and 2, but is 3");
    assertRefused(api.post("/completion", "{\"prompt\":\"x\",\"num_beams\":4}"), 400, "num_beams");
    assertRefused(api.post("/chat", "{\"messages\":[]}"), 400, "at least one message");
    assertRefused(api.post("/nowhere", "{}"), 404, "there is no /nowhere");
    assertRefused(api.get("/completion"), 405, "/completion takes POST, not GET");
    assertRefused(
        api.post("/completion", "{\"prompt\":\"" + "x".repeat(9_000_000) + "\"}"), 413, "8388608");
  }

  @Test
  void contentType_isNotLookedAt() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 1, "ok")));
    String form = "application/x-www-form-urlencoded";

    assertThat(api.postAs(form, "/completion", "{\"prompt\":\"x\"}").statusCode()).isEqualTo(200);
  }

  @Test
  void engineCheck_followsTheWorkers() throws Exception {
    worker.leave();
    assertThat(api.getUntil(503, "/engine_check").body()).isEqualTo("{\"status\":\"Error\"}");
    worker.announce(4);
    assertThat(api.getUntil(200, "/engine_check").body()).isEqualTo("{\"status\":\"Running\"}");

    assertRefused(
        api.post("/completion", "{\"prompt\":[1,2,3,4,5]}"),
        400,
        "prompt may have at most 4 tokens, but has 5");
    worker.leave();
    assertThat(api.getUntil(503, "/engine_check").body()).isEqualTo("{\"status\":\"Error\"}");
  }

  @Test
  void requestId_isOnEveryAnswer() throws Exception {
    for (String path : List.of("/ping", "/nowhere", "/completion")) {
      assertThat(api.get(path).headers().firstValue("X-Request-Id"))
          .as(path)
          .hasValueSatisfying(id -> assertThat(id).hasSize(36));
    }
    assertThat(api.post("/v1/completions", "{").headers().firstValue("X-Request-Id")).isPresent();
  }

  @Test
  void requests_areCounted() throws Exception {
    api.get("/ping");
    api.post("/v1/completions", "{}");
    assertThat(api.get("/metrics").body())
        .containsPattern("http_requests_total\\{handler=\"/ping\",method=\"GET\",status=\"200\"}")
        .containsPattern(
            "http_requests_total\\{handler=\"/v1/completions\",method=\"POST\",status=\"400\"}");
  }

  @Test
  void pages_areServed() throws Exception {
    assertThat(api.get("/ping").body()).isEqualTo("{\"status\":\"Healthy\"}");
    assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(api.get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(api.get("/metrics").body())
        .contains("millrace_num_requests_waiting")
        .contains("millrace_time_to_first_token_seconds_bucket")
        .containsPattern("millrace_requests_total\\{model_name=\"[^\"]+\",outcome=\"stop\"}")
        .containsPattern("millrace_request_success_total\\{finished_reason=\"abort\",model_name=");
  }

  private static void assertRefused(HttpResponse<String> response, int status, String message) {
    assertThat(response.body()).contains(message).contains("\"error\":{\"message\":");
    assertThat(response.statusCode()).isEqualTo(status);
  }

  private static String event(BufferedReader lines) throws IOException {
    assertThat(lines.readLine()).startsWith("id: ");
    String event = lines.readLine();
    assertThat(lines.readLine()).isEmpty();
    return event;
  }

  private static String text(GenerationRequest request, String text) {
    return "data: {\"request_id\":\"%s\",\"text\":\"%s\"}".formatted(request.id(), text);
  }
}
