package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.GenerationRequest;
import io.millrace.testing.EventReader;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the api does when nobody answers: no worker in time, or no broker. */
class ApiTroubleIT {
  private static final String QUESTION = "{\"prompt\":\"x\"}";

  @TempDir static Path folder;
  private static Path data;
  private static ServedApi api;

  @BeforeAll
  static void start() {
    data = folder.resolve("first");
    api =
        ServedApi.start(
            data,
            "--request-timeout=5s",
            "--inter-token-timeout=5s",
            "--sse-head-delay=5s",
            "--broker-timeout=1s",
            "--resume-timeout=1m");
  }

  @AfterAll
  static void stop() throws InterruptedException {
    api.close();
  }

  @Test
  void answerThatComesTooLate_isGivenUpAndCancelled() throws Exception {
    api.worker().onRequest(request -> {});

    HttpResponse<String> response = api.post("/completion", QUESTION);

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body())
        .contains("no complete answer within 5 s, as no worker serves")
        .contains("\"deadline\"");
    GenerationRequest request = api.worker().takenRequest();
    assertThat(api.worker().cancelOf(request.id())).isPresent();
  }

  @Test
  void streamThatStalls_endsWithAnError() throws Exception {
    api.worker().onRequest(request -> api.worker().reply(request, delta(request, 1, 1, "a")));

    HttpResponse<String> response = api.post("/completion", "{\"prompt\":\"x\",\"stream\":true}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"text\":\"a\"").contains("\"code\":\"deadline\"");
  }

  @Test
  void brokerThatIsGone_isWaitedForAWhile_andForgottenWhenItIsBack() throws Exception {
    api.worker().onRequest(request -> api.worker().reply(request, finished(request, 1, 1, "ok")));
    assertThat(api.post("/completion", QUESTION).statusCode()).isEqualTo(200);

    loseBroker();
    api.restartBroker(data);
    api.getUntil(200, "/health/ready");
    assertThat(answeredAgain()).isTrue();
  }

  @Test
  void streamThatIsResumedWhileNoBrokerAnswers_isNotTakenBack() throws Exception {
    String path = "/v1/completions";
    String question = "{\"prompt\":\"x\",\"stream\":true}";
    api.worker().onRequest(request -> api.worker().reply(request, delta(request, 1, 1, "a")));
    String id;
    GenerationRequest request;
    try (EventReader first = api.events(path, question, null)) {
      request = api.worker().takenRequest();
      first.until("\"a\"");
      id = first.lastId();
    }
    loseBroker();
    try (EventReader inVain = api.events(path, question, id)) {
      assertThat(inVain.status()).isEqualTo(503);
    }
    api.restartBroker(data);
    api.getUntil(200, "/health/ready");

    api.worker().reply(request, rest(request, 1, 2, "b"));
    try (EventReader second = api.events(path, question, id)) {
      assertThat(second.status()).isEqualTo(200);
      assertThat(second.rest().toString()).contains("\"b\"", "[DONE]");
    }
    assertThat(api.worker().cancelledIds()).doesNotContain(request.id());
  }

  @Test
  void jobThatCannotBeReadNow_isNotSaidToBeGone() throws Exception {
    api.worker().onRequest(request -> {});
    String job = "{\"endpoint\":\"/completion\",\"body\":" + QUESTION + "}";
    HttpResponse<String> taken = api.post("/v1/jobs", job);
    String path = taken.headers().firstValue("Location").orElseThrow();
    assertThat(api.get(path).statusCode()).isEqualTo(200);
    loseBroker();

    assertThat(api.get(path).statusCode()).isEqualTo(503);
    api.restartBroker(data);
    api.getUntil(200, "/health/ready");
    assertThat(api.get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void brokerThatComesBackEmpty_isSetUpAgain() throws Exception {
    loseBroker();
    data = folder.resolve("empty");
    api.restartBroker(data);
    api.getUntil(200, "/health/ready");

    api.replaceWorker();
    api.worker().onRequest(request -> api.worker().reply(request, finished(request, 1, 1, "ok")));
    assertThat(answeredAgain()).isTrue();
  }

  private static void loseBroker() throws Exception {
    api.stopBroker();
    assertThat(api.getUntil(503, "/health/ready").body()).contains("DOWN");
    HttpResponse<String> refused = api.post("/completion", QUESTION);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(api.get("/health/live").statusCode()).isEqualTo(200);
  }

  /** The worker of the test, too, has to find the broker again. */
  private static boolean answeredAgain() throws Exception {
    for (int attempt = 0; attempt < 10; attempt++) {
      if (api.post("/completion", QUESTION).statusCode() == 200) {
        return true;
      }
    }
    return false;
  }
}
