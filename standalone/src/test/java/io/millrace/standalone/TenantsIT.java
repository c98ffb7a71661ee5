package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.accepted;
import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, limits and turns of tenants, over HTTP. The worker says that it has four slots. */
class TenantsIT {
  private static final int SLOTS = 4;
  private static final String COMPLETIONS = "/v1/completions";
  private static final String QUESTION = "{\"prompt\":\"x\",\"max_tokens\":5}";

  @TempDir static Path folder;
  private static ServedApi api;
  private static final ScheduledExecutorService LIFE = Executors.newSingleThreadScheduledExecutor();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws Exception {
    Path keys =
        Files.writeString(
            folder.resolve("tenants.yaml"),
            """
            tenants:
              - {name: many, keys: [many-key]}
              - {name: few, keys: [few-key]}
              - {name: limited, keys: [limited-key], requests_per_minute: 1, tokens_per_minute: 1000}
              - {name: narrow, keys: [narrow-key], max_concurrency: 1, max_priority: 0}
            """);
    api =
        ServedApi.start(
            folder.resolve("kafka"),
            "--api-key-file=" + keys,
            "--first-token-timeout=2s",
            "--sse-head-delay=100ms",
            "--resume-timeout=0");
    LIFE.scheduleWithFixedDelay(() -> api.worker().announce(100), 0, 2, TimeUnit.SECONDS);
    awaitWorker();
  }

  private static void awaitWorker() throws Exception {
    while (api.get("/engine_check").statusCode() != 200) {
      Thread.onSpinWait();
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    LIFE.shutdown();
    LIFE.awaitTermination(1, TimeUnit.MINUTES);
    api.close();
  }

  @Test
  void key_isAskedFor_inTheShapeOfEachApi() throws Exception {
    HttpResponse<String> openAi = send(COMPLETIONS, QUESTION, "Authorization", "Bearer wrong");
    assertThat(openAi.statusCode()).isEqualTo(401);
    assertThat(openAi.body())
        .contains("\"code\":\"invalid_api_key\"", "invalid_request_error")
        .doesNotContain("wrong");
    assertThat(openAi.headers().firstValue("WWW-Authenticate")).contains("Bearer");

    HttpResponse<String> anthropic = send("/v1/messages", "{}", "x-api-key", "wrong");
    assertThat(anthropic.statusCode()).isEqualTo(401);
    assertThat(anthropic.body())
        .contains("\"type\":\"error\"", "\"type\":\"authentication_error\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models",
        "/v1/jobs",
        "//v1/models",
        "/%76%31/models",
        "/v1/models/",
        "/v1/no"
      })
  void pathOfTheApi_isClosedHoweverItIsSpelled(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
    assertThat(CLIENT.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/live", "/metrics", "/ping", "/docs", "/schemas/request.json"})
  void everythingElse_isOpen(String path) throws Exception {
    assertThat(api.get(path).statusCode()).isLessThan(400);
  }

  @Test
  void key_opensInEitherHeader() throws Exception {
    api.worker().onRequest(request -> api.worker().reply(request, finished(request, 1, 1, "ok")));
    for (String path : List.of(COMPLETIONS, "/completion")) {
      assertThat(send(path, QUESTION, "x-api-key", "many-key").statusCode()).isEqualTo(200);
      assertThat(send(path, QUESTION, "authorization", "bearer many-key").statusCode())
          .isEqualTo(200);
    }
    assertThat(api.get("/metrics").body())
        .contains("millrace_tenant_requests_total{outcome=\"stop\",tenant=\"many\"}")
        .contains("millrace_tenant_tokens_total{tenant=\"many\",type=\"prompt\"}");
  }

  @Test
  void limit_isToldInHeaders_andRefusesWithTheTimeToComeBack() throws Exception {
    api.worker().onRequest(request -> api.worker().reply(request, finished(request, 1, 1, "ok")));

    HttpResponse<String> first = ask("limited", QUESTION);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().map())
        .containsEntry("x-ratelimit-limit-requests", List.of("1"))
        .containsEntry("x-ratelimit-remaining-requests", List.of("0"))
        .containsEntry("x-ratelimit-limit-tokens", List.of("1000"))
        .containsKeys("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens");

    HttpResponse<String> second = ask("limited", QUESTION);
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.body())
        .contains("limited may have at most 1 requests a minute", "\"rate_limit_exceeded\"");
    assertThat(Long.parseLong(second.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(1L, 60L);
    assertThat(second.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
  }

  @Test
  void concurrencyAndUrgency_areLimited() throws Exception {
    api.worker().onRequest(request -> {});
    CompletableFuture<HttpResponse<String>> open = askLater("narrow", QUESTION);
    GenerationRequest taken = api.worker().takenRequest();

    assertThat(ask("narrow", QUESTION).body()).contains("at most 1 requests open at once");
    HttpResponse<String> urgent = ask("narrow", "{\"prompt\":\"x\",\"priority\":-1}");
    assertThat(urgent.statusCode()).isEqualTo(400);
    assertThat(urgent.body()).contains("priority must be at least 0 for narrow, but is -1");

    api.worker().reply(taken, finished(taken, 1, 1, "ok"));
    assertThat(open.get().statusCode()).isEqualTo(200);
  }

  @Test
  void whoeverAsksForLittle_goesAtOnceHoweverMuchOthersAsk_andUrgentOnesGoFirst() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    List<GenerationRequest> running = useItsSlots(answers);
    answers.add(askLater("many", prompt("patient", 1)));
    awaitWaiting("many", 1);
    answers.add(askLater("many", prompt("urgent", -1)));
    awaitWaiting("many", 2);

    answers.add(askLater("few", prompt("few", 0)));
    GenerationRequest few = api.worker().takenRequest();
    assertThat(few.prompt()).isEqualTo(new Prompt.Text("few"));

    end(running.remove(0));
    end(running.remove(0));
    GenerationRequest second = api.worker().takenRequest();
    assertThat(second.prompt()).isEqualTo(new Prompt.Text("urgent"));
    assertThat(second.scheduling().priority()).isEqualTo(-1);
    end(running.remove(0));
    GenerationRequest third = api.worker().takenRequest();
    assertThat(third.prompt()).isEqualTo(new Prompt.Text("patient"));
    List.of(few, second, third).forEach(TenantsIT::end);
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void streamThatWaitsForItsTurn_isKeptOpen_endsByItsDeadline_andNeverReachesAWorker()
      throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    List<GenerationRequest> running = useItsSlots(answers);

    HttpResponse<String> late =
        ask("many", "{\"prompt\":\"late\",\"max_tokens\":5,\"stream\":true}");

    assertThat(late.body()).startsWith(": ").contains("\"code\":\"deadline\"");
    assertThat(late.headers().firstValue("Last-Event-ID")).isEmpty();
    answers.add(askLater("many", prompt("next", 0)));
    awaitWaiting("many", 1);
    running.forEach(TenantsIT::end);
    GenerationRequest next = api.worker().takenRequest();
    assertThat(next.prompt()).isEqualTo(new Prompt.Text("next"));
    end(next);
    CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new)).get();
  }

  @Test
  void clientThatLeaves_givesItsTurnUp() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    List<GenerationRequest> running = useItsSlots(answers);
    CompletableFuture<HttpResponse<String>> gone = askLater("many", prompt("gone", 0));
    awaitWaiting("many", 1);

    gone.cancel(true);

    awaitWaiting("many", 0);
    running.forEach(TenantsIT::end);
    CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new)).get();
  }

  @Test
  void tier_isAnsweredBack() throws Exception {
    api.worker()
        .onRequest(
            request ->
                api.worker()
                    .reply(
                        request,
                        accepted(request, 1),
                        delta(request, 1, 1, "a"),
                        rest(request, 1, 2, "b")));
    String body = "{\"prompt\":\"x\",\"service_tier\":\"%s\",\"priority\":3,\"stream\":%b}";
    assertThat(ask("many", body.formatted("auto", false)).body())
        .contains("\"service_tier\":\"default\"");
    assertThat(ask("many", body.formatted("priority", true)).body())
        .contains("\"service_tier\":\"priority\"");
    assertThat(ask("many", QUESTION).body()).doesNotContain("service_tier");
    assertThat(ask("many", body.formatted("scale", false)).body())
        .contains("service_tier must be one of priority, default, auto, flex");
  }

  /** Has one tenant use all slots but the one that it leaves to others, who have asked lately. */
  private static List<GenerationRequest> useItsSlots(
      List<CompletableFuture<HttpResponse<String>>> answers) throws Exception {
    api.worker().onRequest(request -> {});
    CompletableFuture<HttpResponse<String>> other = askLater("few", QUESTION);
    end(api.worker().takenRequest());
    other.get();
    List<GenerationRequest> running = new ArrayList<>();
    for (int i = 0; i < SLOTS - 1; i++) {
      answers.add(askLater("many", prompt("busy", 0)));
      running.add(api.worker().takenRequest());
    }
    return running;
  }

  private static void end(GenerationRequest request) {
    api.worker().reply(request, finished(request, 1, 1, "ok"));
  }

  private static void awaitWaiting(String tenant, int count) throws Exception {
    String line = "millrace_tenant_requests_waiting{tenant=\"%s\"} %d.0".formatted(tenant, count);
    while (!api.get("/metrics").body().contains(line)) {
      Thread.onSpinWait();
    }
  }

  private static String prompt(String text, int priority) {
    return "{\"prompt\":\"%s\",\"max_tokens\":5,\"priority\":%d}".formatted(text, priority);
  }

  private static HttpResponse<String> ask(String tenant, String body) throws Exception {
    return askLater(tenant, body).get();
  }

  private static CompletableFuture<HttpResponse<String>> askLater(String tenant, String body) {
    return CLIENT.sendAsync(
        request(COMPLETIONS, body, "Authorization", "Bearer " + tenant + "-key"),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> send(String path, String body, String... header)
      throws Exception {
    return CLIENT.send(request(path, body, header), BodyHandlers.ofString());
  }

  private static HttpRequest request(String path, String body, String... header) {
    return HttpRequest.newBuilder(uri(path))
        .headers(header)
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + api.port() + path);
  }
}
