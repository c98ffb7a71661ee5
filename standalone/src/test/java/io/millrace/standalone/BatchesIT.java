package io.millrace.standalone;

import static io.millrace.standalone.BatchClient.line;
import static io.millrace.standalone.BatchClient.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchError;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import io.millrace.kafka.KafkaOptions;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files and batches at two apis that share a folder, with OpenAI's client for Java. */
@Timeout(90)
class BatchesIT {
  private static final String MODEL = "tiny";

  @TempDir static Path folder;
  static EmbeddedBroker broker;
  static KafkaOptions kafka;
  static JobsApi api;
  static JobsApi other;
  static WorkerFixture worker;
  static BatchClient client;
  static BatchClient elsewhere;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
    kafka = new KafkaOptions().at(broker.bootstrapServers());
    // No more lines at a time than there are slots: those that are held up hold up no other.
    api = another("--max-file-bytes=64KB", "--max-batch-lines=60", "--batch-window=8");
    other = another("--batch-window=8");
    worker = new WorkerFixture(kafka, MODEL, "--max-batch-size=8", "--reserved-slots=0");
    client = new BatchClient(api.root());
    elsewhere = new BatchClient(other.root());
  }

  private static JobsApi another(String... flags) {
    return new JobsApi(
        kafka,
        MODEL,
        Stream.concat(Stream.of("--files-path=" + folder.resolve("shared")), Stream.of(flags))
            .toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    client.close();
    elsewhere.close();
    worker.close();
    api.close();
    other.close();
    broker.close();
  }

  @Test
  void file_isThereAtEveryApi_untilItIsDeleted() throws Exception {
    FileObject file = client.upload("one\ntwo\n");

    assertThat(elsewhere.openai.files().retrieve(file.id())).isEqualTo(file);
    assertThat(file.bytes()).isEqualTo(8);
    assertThat(file.filename()).isEqualTo("rows.jsonl");
    assertThat(elsewhere.content(file.id())).isEqualTo("one\ntwo\n");
    assertThat(
            elsewhere
                .openai
                .files()
                .list(FileListParams.builder().purpose("batch").limit(1L).build())
                .autoPager())
        .extracting(FileObject::id)
        .contains(file.id());
    assertThat(elsewhere.openai.files().delete(file.id()).deleted()).isTrue();
    assertThatThrownBy(() -> client.openai.files().retrieve(file.id()))
        .isInstanceOf(NotFoundException.class);
    try (Stream<Path> left = Files.list(folder.resolve("shared/tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void fileThatCannotBe_isRefused() throws Exception {
    assertThat(form("purpose", "batch", "file", "x".repeat(65 << 10)).body())
        .contains("file may have at most 65536 bytes");
    assertThat(form("purpose", "fine-tune", "file", "x").body())
        .contains("purpose must be \\\"batch\\\"", "but is \\\"fine-tune\\\"");
    assertThat(form("color", "red", "file", "x").body())
        .contains("\\\"color\\\" is no field of an upload");
    assertThat(form("purpose", "batch", "purpose", "batch").body())
        .contains("purpose may be there once");
    assertThat(api.post("/v1/files", "{}").statusCode()).isEqualTo(415);
    assertThat(api.get("/v1/files/..%2f..%2fkafka").statusCode()).isEqualTo(404);
    assertThat(api.get("/v1/files?order=up").body()).contains("order must be");
  }

  /** Sends a form; a part that is called file is one. */
  private static HttpResponse<String> form(String... parts) throws Exception {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < parts.length; i += 2) {
      body.append("--cut\r\nContent-Disposition: form-data; name=\"%s\"".formatted(parts[i]))
          .append(parts[i].equals("file") ? "; filename=\"f\"" : "")
          .append("\r\n\r\n%s\r\n".formatted(parts[i + 1]));
    }
    return api.post(
        "/v1/files", body + "--cut--\r\n", "Content-Type", "multipart/form-data; boundary=cut");
  }

  @Test
  void batch_hasALineForEachRequest() throws Exception {
    String input =
        lines(40, MODEL, "echo a b")
            + "\n\n"
            + line("broken", MODEL, "break")
            + "\n"
            + line("hot", MODEL, "echo a").replace("\"prompt\"", "\"temperature\":9,\"prompt\"")
            + "\n";
    Batch created = client.create(input, "24h");
    Batch batch = elsewhere.ended(created.id());

    assertThat(batch.status()).isEqualTo(Batch.Status.COMPLETED);
    assertThat(batch.requestCounts().orElseThrow().completed()).isEqualTo(40);
    assertThat(batch.requestCounts().orElseThrow().failed()).isEqualTo(2);
    assertThat(batch.requestCounts().orElseThrow().total()).isEqualTo(42);
    List<JsonNode> answers = elsewhere.lines(batch.outputFileId());
    assertThat(answers)
        .extracting(it -> it.get("custom_id").stringValue())
        .hasSize(40)
        .doesNotHaveDuplicates();
    assertThat(answers)
        .allSatisfy(
            it -> {
              assertThat(it.at("/response/status_code").intValue()).isEqualTo(200);
              assertThat(it.at("/response/body/choices/0/text").stringValue()).isEqualTo("a b");
              assertThat(it.get("error").isNull()).isTrue();
            });
    assertThat(client.lines(batch.errorFileId()))
        .extracting(
            it -> it.get("custom_id").stringValue(),
            it -> it.at("/response/status_code").intValue(),
            it -> it.at("/response/body/error/message").stringValue())
        .containsExactlyInAnyOrder(
            tuple("broken", 500, "the step broke"),
            tuple("hot", 400, "temperature must be between 0 and 2, but is 9"));
    assertThat(client.openai.batches().list().items()).extracting(Batch::id).contains(batch.id());
  }

  @Test
  void inputThatCannotBe_failsTheBatch() {
    String input =
        String.join(
            "\n",
            "{",
            line("a", MODEL, "echo"),
            line("a", MODEL, "echo"),
            line("b", "other", "echo"),
            line("c", MODEL, "echo").replace("POST", "GET"),
            line("d", MODEL, "echo").replace("/v1/completions", "/v1/chat/completions"),
            line("", MODEL, "echo"));
    Batch batch = client.ended(client.create(input, "24h").id());

    assertThat(batch.status()).isEqualTo(Batch.Status.FAILED);
    assertThat(batch.errors().orElseThrow().data().orElseThrow())
        .extracting(error -> error.line().orElseThrow(), error -> error.code().orElseThrow())
        .containsExactly(
            tuple(1L, "invalid_json_line"),
            tuple(3L, "duplicate_custom_id"),
            tuple(4L, "model_not_found"),
            tuple(5L, "invalid_method"),
            tuple(6L, "invalid_url"),
            tuple(7L, "missing_required_parameter"));
    assertThat(codes(client.create("\n", "24h"))).containsExactly("empty_file");
    assertThatThrownBy(() -> client.create(lines(2, MODEL, "echo a"), "2d"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("completion_window must be a time from 1s to 24h");
  }

  private static List<String> codes(Batch created) {
    return client.ended(created.id()).errors().orElseThrow().data().orElseThrow().stream()
        .map(BatchError::code)
        .map(code -> code.orElseThrow())
        .toList();
  }

  @Test
  void cancelledBatch_hasWhatWasAnswered() throws Exception {
    String input = line("done", MODEL, "echo a") + "\n" + lines(20, MODEL, "hold a b");
    Batch created = client.create(input, "24h");
    client.awaitCompleted(created.id(), 1);
    assertThat(elsewhere.openai.batches().cancel(created.id()).status())
        .isEqualTo(Batch.Status.CANCELLING);
    Batch batch = client.ended(created.id());

    assertThat(batch.status()).isEqualTo(Batch.Status.CANCELLED);
    assertThat(batch.cancellingAt()).isPresent();
    assertThat(client.lines(batch.outputFileId()))
        .extracting(it -> it.get("custom_id").stringValue())
        .containsExactly("done");
    assertThat(client.lines(batch.errorFileId()))
        .hasSize(20)
        .allSatisfy(
            it -> assertThat(it.at("/error/code").stringValue()).isEqualTo("batch_cancelled"));
    assertThat(worker.engine.held()).isEmpty();
  }

  @Test
  void batchWhoseTimePasses_hasWhatWasAnswered() throws Exception {
    String input = line("done", MODEL, "echo a") + "\n" + lines(2, MODEL, "hold a b");
    Batch batch = client.ended(client.create(input, "5s").id());

    assertThat(batch.status()).isEqualTo(Batch.Status.EXPIRED);
    assertThat(client.lines(batch.outputFileId()))
        .extracting(it -> it.get("custom_id").stringValue())
        .containsExactly("done");
    assertThat(client.lines(batch.errorFileId()))
        .hasSize(2)
        .allSatisfy(
            it -> assertThat(it.at("/error/code").stringValue()).isEqualTo("batch_expired"));
  }

  @Test
  void batchOfAnApiThatStops_goesOnAtAnother() throws Exception {
    String model = "passed-on";
    Batch created;
    try (WorkerFixture workers =
        new WorkerFixture(kafka, model, "--max-batch-size=4", "--reserved-slots=0")) {
      try (JobsApi first = alone(model);
          BatchClient there = new BatchClient(first.root())) {
        created =
            there.create(
                lines(3, model, "echo a") + "\n" + lines(9, model, "hold a").replace("row", "held"),
                "24h");
        workers.engine.awaitHeld(4);
        there.awaitCompleted(created.id(), 3);
      }
      try (JobsApi second = alone(model);
          BatchClient there = new BatchClient(second.root())) {
        while (workers.engine.starts().size() < 12 || !workers.engine.held().isEmpty()) {
          workers.engine.held().forEach(workers.engine::finish);
        }
        Batch batch = there.ended(created.id());
        assertThat(batch.status()).isEqualTo(Batch.Status.COMPLETED);
        assertThat(there.lines(batch.outputFileId()))
            .extracting(it -> it.get("custom_id").stringValue())
            .hasSize(12)
            .doesNotHaveDuplicates();
        assertThat(workers.engine.starts()).hasSize(12).doesNotHaveDuplicates();
      }
    }
  }

  /** An api with a folder of its own, so that no other one of these goes on with its batches. */
  private static JobsApi alone(String model) {
    return new JobsApi(kafka, model, "--files-path=" + folder.resolve("alone"), "--batch-window=4");
  }
}
