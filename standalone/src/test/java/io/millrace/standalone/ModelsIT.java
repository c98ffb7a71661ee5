package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.Admins;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import io.millrace.standalone.queue.QueueCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models whose workers come and go, and those whose requests are spread over several topics. */
@Timeout(60)
class ModelsIT extends WorkerQueue {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void whatIsAskedOfAModelWhoseWorkersAreGone_waitsForOne_andSaysSo() throws Exception {
    try (WorkerFixture before = new WorkerFixture(kafka, model, "--max-batch-size=5")) {
      before.engine.held();
    }
    String[] flags = {"--sse-head-delay=1ms", "--max-queued-requests=4"};
    try (JobsApi api = new JobsApi(kafka, "other", flags)) {
      assertThat(capacity(api).get("workers").intValue()).isZero();
      assertThat(capacity(api).get("last_seen").isNumber()).isTrue();
      assertThat(api.get("/v1/models/never").statusCode()).isEqualTo(404);

      String id = submit(api, "echo a b");
      assertThat(api.job(id).get("waiting_for").stringValue()).isEqualTo("worker");
      String body = "{\"model\":\"%s\",\"prompt\":\"echo c\",\"stream\":true}".formatted(model);
      CompletableFuture<HttpResponse<String>> stream = api.postLater("/v1/completions", body);
      awaitBacklog(2);
      HttpResponse<String> more = api.post("/v1/completions", body);
      assertThat(more.statusCode()).isEqualTo(429);
      assertThat(more.body()).contains("are taken (1)");
      try (WorkerFixture after = new WorkerFixture(kafka, model, "--max-batch-size=5")) {
        assertThat(api.ended(id).get("status").stringValue()).isEqualTo("succeeded");
        assertThat(api.job(id).get("waiting_for").isNull()).isTrue();
        HttpResponse<String> answer = stream.get();
        assertThat(answer.headers().firstValue("X-Millrace-Waiting-For")).contains("worker");
        assertThat(answer.body())
            .startsWith(": waiting for a worker\n")
            .contains("\"text\":\"c\"", "[DONE]");
        assertThat(after.engine.starts()).hasSize(2);
        assertThat(capacity(api).get("workers").intValue()).isEqualTo(1);
        assertThat(capacity(api).get("slots").intValue()).isEqualTo(5);
      }
    }
  }

  private JsonNode capacity(JobsApi api) throws Exception {
    return JobsApi.json(api.get("/v1/models/" + model)).get("capacity");
  }

  private String submit(JobsApi api, String prompt) throws Exception {
    String job =
        "{\"endpoint\":\"/v1/completions\",\"body\":{\"model\":\"%s\",\"prompt\":\"%s\"}}"
            .formatted(model, prompt);
    return JobsApi.json(api.post("/v1/jobs", job)).get("id").stringValue();
  }

  private void awaitBacklog(long size) {
    RequestTopic topic = RequestTopic.of(model, RequestClass.INTERACTIVE);
    try (Admin admin = kafka.cluster().connect()) {
      while (kafka.groups().backlog(admin, topic, PATIENCE) != size) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void modelOnSeveralTopics_isAskedOnAll_answeredFromAll_andToldAsOne() throws Exception {
    kafka(List.of("--request-topics=2")).provisioner().provision(model);
    // It is told of one topic, and finds both.
    try (JobsApi api = new JobsApi(kafka, model);
        Admin admin = kafka.cluster().connect()) {
      List<String> jobs = new ArrayList<>();
      List<Integer> positions = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        jobs.add(api.submit("hold a", ""));
        positions.add(api.job(jobs.get(i)).get("position").asInt());
      }
      List<String> names =
          RequestTopic.of(model, RequestClass.INTERACTIVE, 2).stream()
              .map(topics()::requests)
              .toList();
      assertThat(names)
          .extracting(name -> Admins.end(admin, new TopicPartition(name, 0), PATIENCE))
          .containsExactly(2L, 2L);
      assertThat(positions).containsExactlyInAnyOrder(0, 0, 1, 1);
      assertThat(told().get("lag").asInt()).isEqualTo(4);
      assertThat(told().get("waiting").asInt()).isEqualTo(4);
      assertThat(told().get("topics")).extracting(JsonNode::stringValue).isEqualTo(names);

      try (WorkerFixture worker =
          new WorkerFixture(kafka, model, "--max-batch-size=4", "--reserved-slots=0")) {
        worker.engine.awaitHeld(4);
        jobs.forEach(worker.engine::finish);
        for (String id : jobs) {
          assertThat(api.ended(id).get("status").stringValue()).isEqualTo("succeeded");
        }
      }
    }
  }

  /** What the command says of the interactive class. */
  private JsonNode told() {
    StringWriter said = new StringWriter();
    new CommandLine(new QueueCommand())
        .setOut(new PrintWriter(said, true))
        .execute(
            "status",
            "--json",
            "--model=" + model,
            "--bootstrap-servers=" + broker.bootstrapServers());
    return JsonMapper.shared().readTree(said.toString()).at("/models/0/classes/0");
  }
}
