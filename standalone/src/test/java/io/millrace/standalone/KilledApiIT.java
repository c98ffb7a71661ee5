package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An api in a process of its own that ends without a word. */
class KilledApiIT {
  private static final String MODEL = new ServedModel().name();
  private static final String LISTENS = "listening on ";

  @TempDir Path folder;

  @Test
  void apiThatIsKilled_costsNoFurtherTokens() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      new TopicProvisioner(kafka.cluster(), kafka.topics()).provision(MODEL);
      Process api = start(broker.bootstrapServers());
      try (QueueClient client = new QueueClient(kafka.cluster(), kafka.topics(), MODEL);
          WorkerFixture worker = new WorkerFixture(kafka, MODEL)) {
        ask(address(api));
        client.ask("kept", "hold on please");
        worker.engine.awaitHeld(2);
        api.destroyForcibly().waitFor();

        client.readUntil(() -> client.allReplies().stream().anyMatch(Reply::isLast));
        assertThat(client.allReplies())
            .filteredOn(Reply::isLast)
            .singleElement()
            .isInstanceOfSatisfying(
                Reply.Failed.class,
                failed -> {
                  assertThat(failed.kind()).isEqualTo(FailureKind.UNAVAILABLE);
                  assertThat(failed.message()).contains("nobody reads the answer");
                });
        assertThat(worker.engine.held()).containsExactly("kept");
      } finally {
        api.destroyForcibly().waitFor();
      }
    }
  }

  private static Process start(String bootstrapServers) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Millrace.class.getName(),
            "api",
            "--port=0",
            "--bootstrap-servers=" + bootstrapServers)
        .redirectErrorStream(true)
        .start();
  }

  /** Where it says that it listens; the rest of what it says fits into the pipe. */
  private static URI address(Process api) throws Exception {
    var lines =
        new BufferedReader(new InputStreamReader(api.getInputStream(), StandardCharsets.UTF_8));
    String line = "";
    while (!line.contains(LISTENS)) {
      line = lines.readLine();
      assertThat(line).as("the api has ended").isNotNull();
    }
    return URI.create(line.substring(line.indexOf(LISTENS) + LISTENS.length()).split(" ")[0]);
  }

  /** Opens a stream, and has its head. */
  private static void ask(URI api) throws Exception {
    HttpRequest question =
        HttpRequest.newBuilder(api.resolve("/v1/completions"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"prompt\":\"hold on please\",\"stream\":true}"))
            .build();
    assertThat(HttpClient.newHttpClient().send(question, BodyHandlers.ofInputStream()).statusCode())
        .isEqualTo(200);
  }
}
