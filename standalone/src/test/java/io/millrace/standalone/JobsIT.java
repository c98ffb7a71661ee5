package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.kafka.KafkaOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs at two apis, with workers whose engines are scripted. */
@Timeout(60)
class JobsIT {
  private static final String MODEL = "tiny";
  private static final String SECRET = "whsec_" + "c2VjcmV0".repeat(4);

  @TempDir static Path folder;
  static EmbeddedBroker broker;
  static KafkaOptions kafka;
  static HttpServer receiver;
  static JobsApi api;
  static JobsApi other;
  static WorkerFixture worker;

  /** What the receiver of callbacks was sent; it takes all but the first. */
  static final BlockingQueue<Received> RECEIVED = new LinkedBlockingQueue<>();

  /** A callback as it came. */
  record Received(Map<String, List<String>> headers, String body) {}

  @BeforeAll
  static void start() throws Exception {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger refusals = new AtomicInteger();
    receiver.createContext(
        "/hook",
        call -> {
          String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          int status = refusals.getAndIncrement() == 0 ? 500 : 204;
          RECEIVED.add(new Received(Map.copyOf(call.getRequestHeaders()), body));
          call.sendResponseHeaders(status, -1);
          call.close();
        });
    receiver.start();
    broker = EmbeddedBroker.start(folder, 0);
    kafka = new KafkaOptions().at(broker.bootstrapServers());
    api =
        new JobsApi(
            kafka,
            MODEL,
            "--callback-hosts=127.0.0.1:" + receiver.getAddress().getPort(),
            "--callback-secret=" + SECRET,
            "--callback-retry=10ms");
    other = new JobsApi(kafka, MODEL);
    worker = new WorkerFixture(kafka, MODEL, "--max-batch-size=4");
  }

  @AfterAll
  static void stop() {
    worker.close();
    api.close();
    other.close();
    broker.close();
    receiver.stop(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /v1/completions      | {"prompt":"echo a b"}
          /v1/chat/completions | {"messages":[{"role":"user","content":"echo a b"}]}
          /v1/responses        | {"input":"echo a b"}
          /v1/messages         | {"model":"tiny","max_tokens":9,"messages":[{"role":"user","content":"echo a b"}]}
          /completion          | {"prompt":"echo a b"}
          /chat                | {"messages":[{"role":"user","content":"echo a b"}]}
          """)
  void job_hasWhatItsEndpointWouldHaveSaid(String endpoint, String body) throws Exception {
    JsonNode direct = JobsApi.json(api.post(endpoint, body));
    HttpResponse<String> taken =
        api.post(
            "/v1/jobs",
            "{\"endpoint\":\"%s\",\"body\":%s,\"metadata\":{\"row\":[7]}}"
                .formatted(endpoint, body));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    String id = JobsApi.json(taken).get("id").stringValue();
    assertThat(taken.headers().firstValue("Location")).contains("/v1/jobs/" + id);

    List<String> events = other.events(id);
    JsonNode job = other.job(id);
    assertThat(job.get("status").stringValue()).isEqualTo("succeeded");
    assertThat(job.at("/response/status_code").intValue()).isEqualTo(200);
    assertThat(without(job.at("/response/body"))).isEqualTo(without(direct));
    assertThat(job.get("metadata").toString()).isEqualTo("{\"row\":[7]}");
    assertThat(job.get("attempts").intValue()).isEqualTo(1);
    assertThat(events).allMatch(event -> event.startsWith("id: ")).hasSizeGreaterThan(1);
    assertThat(api.events(id, "Last-Event-ID", "1")).isEqualTo(events.subList(1, events.size()));
    assertThat(api.job(id)).isEqualTo(job);
  }

  /** Without what differs from one request to the next. */
  private static JsonNode without(JsonNode answer) {
    ObjectNode copy = (ObjectNode) answer.deepCopy();
    copy.remove(List.of("id", "created", "created_at", "request_id"));
    copy.path("output").forEach(item -> ((ObjectNode) item).remove("id"));
    return copy;
  }

  @Test
  void batchJob_isAnsweredInOnePiece() throws Exception {
    String id = api.submit("echo a b", ",\"class\":\"batch\"");

    assertThat(other.events(id)).last().asString().contains("[DONE]");
    JsonNode job = other.job(id);
    assertThat(job.at("/response/body/choices/0/text").stringValue()).isEqualTo("a b");
    assertThat(job.get("class").stringValue()).isEqualTo("batch");
  }

  @Test
  void jobThatFails_tellsTheErrorOfItsEndpoint() throws Exception {
    JsonNode job = other.ended(api.submit("break", ""));

    assertThat(job.get("status").stringValue()).isEqualTo("failed");
    assertThat(job.at("/response/status_code").intValue()).isEqualTo(500);
    assertThat(job.at("/response/body/error/message").stringValue()).isEqualTo("the step broke");
    assertThat(job.at("/error/code").stringValue()).isEqualTo("internal");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"body":{"prompt":"a"}} | endpoint is required
          {"endpoint":"/v1/jobs","body":{}} | endpoint must be one of /chat, /completion, /v1/
          {"endpoint":"/v1/completions"} | body is required
          {"endpoint":"/v1/completions","body":{"prompt":"a","temperature":9}} | temperature must be between 0 and 2
          {"endpoint":"/v1/completions","body":{"prompt":"a","stream":true}} | stream must be false in a job
          {"endpoint":"/v1/completions","body":{"prompt":"a"},"color":1} | \\"color\\" is no field of a job
          {"endpoint":"/v1/completions","body":{"prompt":"a"},"class":"fast"} | class must be \\"interactive\\" or \\"batch\\"
          {"endpoint":"/v1/completions","body":{"prompt":"a"},"completion_window":"2d"} | completion_window must be a time from 1s to 24h
          {"endpoint":"/v1/completions","body":{"prompt":"a"},"callback_url":"http://10.0.0.1/x"} | \\"10.0.0.1\\", which is not allowed
          {"endpoint":"/v1/completions","body":{"prompt":"a"},"callback_url":"file:///x"} | callback_url must be a URL of http or https
          """)
  void jobThatCannotBe_isRefused(String body, String message) throws Exception {
    HttpResponse<String> refused = api.post("/v1/jobs", body);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains(message);
  }

  @Test
  void callback_isNotPossibleWhereNoHostIsAllowed() throws Exception {
    HttpResponse<String> refused =
        other.post(
            "/v1/jobs",
            "{\"endpoint\":\"/v1/completions\",\"body\":{\"prompt\":\"a\"},"
                + "\"callback_url\":\"http://127.0.0.1/\"}");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("no host is allowed (--callback-hosts)");
  }

  @Test
  void unknownJob_isNotFound() throws Exception {
    assertThat(api.get("/v1/jobs/job_1").statusCode()).isEqualTo(404);
    assertThat(api.get("/v1/jobs/job_1/events").statusCode()).isEqualTo(404);
    assertThat(api.get("/v1/jobs?limit=0").body()).contains("limit must be between 1 and 100");
    assertThat(api.get("/v1/jobs?status=done").body()).contains("status must be some of queued,");
  }

  @Test
  void withoutAFolder_thereAreNoFilesAndBatches() throws Exception {
    for (String path : List.of("/v1/files", "/v1/files/file-1", "/v1/batches", "/v1/batches/1")) {
      HttpResponse<String> refused = api.get(path);
      assertThat(refused.statusCode()).isEqualTo(404);
      assertThat(refused.body()).contains("without --files-path");
    }
  }

  @Test
  void key_namesOneJobAtAllApis() throws Exception {
    String body = "{\"endpoint\":\"/v1/completions\",\"body\":{\"prompt\":\"echo a\"}}";
    HttpResponse<String> first = api.post("/v1/jobs", body, "Idempotency-Key", "k-1");
    // In another order, at another api.
    HttpResponse<String> second =
        other.post(
            "/v1/jobs",
            "{\"body\":{\"prompt\":\"echo a\"},\"endpoint\":\"/v1/completions\"}",
            "Idempotency-Key",
            "k-1");
    HttpResponse<String> changed =
        other.post("/v1/jobs", body.replace("echo a", "echo b"), "Idempotency-Key", "k-1");

    String id = JobsApi.json(first).get("id").stringValue();
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(JobsApi.json(second).get("id").stringValue()).isEqualTo(id);
    assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(changed.statusCode()).isEqualTo(422);
    assertThat(changed.body()).contains("was used before for another job, " + id);
    api.ended(id);
    assertThat(worker.engine.starts()).containsOnlyOnce(id);
  }

  @Test
  void runningJob_isCancelled() throws Exception {
    String id = api.submit("hold a b", "");
    worker.engine.awaitHeld(id);
    assertThat(other.job(id).get("status").stringValue()).isIn("queued", "running");

    JsonNode cancelled = other.delete(id);
    assertThat(cancelled.get("status").stringValue()).isEqualTo("cancelled");
    assertThat(cancelled.at("/response/status_code").intValue()).isEqualTo(499);
    assertThat(other.delete(id).get("status").stringValue()).isEqualTo("cancelled");
    assertThat(api.events(id)).last().asString().contains("\"code\":\"cancelled\"");
    assertThat(worker.engine.held()).doesNotContain(id);
  }

  @Test
  void jobThatWaits_hasAPlaceAndIsCancelled() throws Exception {
    String model = "full";
    try (WorkerFixture full =
        new WorkerFixture(kafka, model, "--max-batch-size=1", "--reserved-slots=0")) {
      served(model);
      String held = api.submit("hold a", "");
      worker.engine.awaitHeld(held);
      String first = submitTo(model, "hold a");
      full.engine.awaitHeld(first);
      String waiting = submitTo(model, "echo a");
      JsonNode job = api.job(waiting);
      assertThat(job.get("status").stringValue()).isEqualTo("queued");
      assertThat(job.get("position").longValue()).isEqualTo(1);

      assertThat(other.delete(waiting).get("status").stringValue()).isEqualTo("cancelled");
      assertThat(other.events(waiting)).last().asString().contains("\"code\":\"cancelled\"");
      full.engine.finish(first);
      assertThat(api.ended(first).get("status").stringValue()).isEqualTo("succeeded");
      String last = submitTo(model, "echo a");
      assertThat(api.ended(last).get("status").stringValue()).isEqualTo("succeeded");
      assertThat(full.engine.starts()).containsExactly(first, last);
      assertThat(api.job(waiting).get("status").stringValue()).isEqualTo("cancelled");
      worker.engine.finish(held);
    }
  }

  /** Waits until the api knows a worker of a model. */
  private static void served(String model) throws Exception {
    while (!api.get("/v1/models").body().contains("\"" + model + "\"")) {
      Thread.onSpinWait();
    }
  }

  private static String submitTo(String model, String prompt) throws Exception {
    HttpResponse<String> taken =
        api.post(
            "/v1/jobs",
            "{\"endpoint\":\"/v1/completions\",\"body\":{\"model\":\"%s\",\"prompt\":\"%s\"}}"
                .formatted(model, prompt));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    return JobsApi.json(taken).get("id").stringValue();
  }

  @Test
  void list_tellsTheLatestFirst() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(0, api.submit("echo a", ""));
    }
    for (String id : ids) {
      other.ended(id);
    }
    JsonNode page = JobsApi.json(other.get("/v1/jobs?limit=2&status=succeeded&model=" + MODEL));
    JsonNode next =
        JobsApi.json(other.get("/v1/jobs?limit=1&after=" + page.get("last_id").stringValue()));

    assertThat(page.get("data"))
        .extracting(it -> it.get("id").stringValue())
        .isEqualTo(ids.subList(0, 2));
    assertThat(page.get("has_more").booleanValue()).isTrue();
    assertThat(next.at("/data/0/id").stringValue()).isEqualTo(ids.get(2));
  }

  @Test
  void callback_isSignedAndSentUntilItIsTaken() throws Exception {
    String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
    String id = api.submit("echo a b", ",\"callback_url\":\"" + url + "\"");

    Received refused = RECEIVED.poll(30, TimeUnit.SECONDS);
    Received taken = RECEIVED.poll(30, TimeUnit.SECONDS);
    assertThat(header(refused, "Webhook-id")).isEqualTo(header(taken, "Webhook-id")).isEqualTo(id);
    assertThat(taken.body).contains("\"type\":\"job.succeeded\"", "\"text\":\"a b\"");
    String signed = id + "." + header(taken, "Webhook-timestamp") + "." + taken.body;
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring(6)), "HmacSHA256"));
    assertThat(header(taken, "Webhook-signature"))
        .isEqualTo(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
  }

  private static String header(Received received, String name) {
    return received.headers.get(name).get(0);
  }

  @Test
  void jobOfAWorkerThatIsKilled_goesOnAtAnother() throws Exception {
    String model = "killed";
    String id;
    try (WorkerProcess killed = new WorkerProcess(broker.bootstrapServers(), model)) {
      served(model);
      id = submitTo(model, "hold a b");
      while (!other.job(id).get("status").stringValue().equals("running")) {
        Thread.onSpinWait();
      }
      killed.kill();
    }
    try (WorkerFixture survivor = new WorkerFixture(kafka, model)) {
      survivor.engine.awaitHeld(id);
      survivor.engine.finish(id);

      List<String> events = other.events(id);
      JsonNode job = other.job(id);
      assertThat(job.get("status").stringValue()).isEqualTo("succeeded");
      assertThat(job.get("attempts").intValue()).isGreaterThan(1);
      assertThat(job.at("/response/body/choices/0/text").stringValue()).isEqualTo("a b");
      assertThat(String.join("", events)).containsOnlyOnce("\"text\":\"a\"");
    }
  }

  @Test
  void jobs_outliveAllApisAndWorkers() throws Exception {
    String model = "restarted";
    String id;
    try (JobsApi before = new JobsApi(kafka, model)) {
      id = before.submit("echo a b", "");
      assertThat(before.job(id).get("status").stringValue()).isEqualTo("queued");
    }
    try (JobsApi after = new JobsApi(kafka, model);
        WorkerFixture later = new WorkerFixture(kafka, model)) {
      JsonNode job = after.ended(id);
      assertThat(job.get("status").stringValue()).isEqualTo("succeeded");
      assertThat(job.at("/response/body/choices/0/text").stringValue()).isEqualTo("a b");
      assertThat(later.engine.starts()).containsExactly(id);
    }
    // The worker is gone again, and any api has the answer.
    assertThat(other.job(id).at("/response/body/choices/0/text").stringValue()).isEqualTo("a b");
  }
}
