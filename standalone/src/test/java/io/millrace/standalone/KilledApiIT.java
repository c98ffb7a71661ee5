package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.Reply;
import io.millrace.testing.EventReader;
import io.millrace.testing.EventReader.Event;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;

/** An api in a process of its own that ends without a word, and another one that does not. */
class KilledApiIT {
  private static final String MODEL = new ServedModel().name();
  private static final String LISTENS = "listening on ";

  private static final Map<String, String> STREAMS =
      Map.of(
          "/v1/chat/completions",
          "{\"messages\":[{\"role\":\"user\",\"content\":\"hold one two three\"}],\"stream\":true}",
          "/v1/completions",
          "{\"prompt\":\"hold one two three\",\"stream\":true}",
          "/v1/responses",
          "{\"input\":\"hold one two three\",\"stream\":true}",
          "/v1/messages",
          "{\"messages\":[{\"role\":\"user\",\"content\":\"hold one two three\"}],"
              + "\"max_tokens\":9,\"stream\":true}");

  @TempDir Path folder;
  private final Map<String, List<Event>> told = new HashMap<>();

  @Test
  void apiThatIsKilled_costsItsClientsTheConnection_andNoFurtherTokensIfTheyStayAway()
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      new TopicProvisioner(kafka.cluster(), kafka.topics()).provision(MODEL);
      Process api = start(broker.bootstrapServers());
      try (QueueClient client = new QueueClient(kafka.cluster(), kafka.topics(), MODEL);
          WorkerFixture worker = new WorkerFixture(kafka, MODEL);
          ConfigurableApplicationContext other = another(kafka)) {
        URI first = address(api);
        URI second = URI.create("http://127.0.0.1:" + ApiService.port(other));
        Map<String, EventReader> clients = ask(first);
        EventReader stays = ask(first, "hold on please");
        client.ask("kept", "hold on please");
        worker.engine.awaitHeld(STREAMS.size() + 2);
        // One goes on elsewhere while its api lives, which then cancels in vain.
        goOn(second, clients, "/v1/completions");
        awaitCancel(client, worker);
        api.destroyForcibly().waitFor();

        for (String path : STREAMS.keySet()) {
          if (!path.equals("/v1/completions")) {
            goOn(second, clients, path);
          }
        }
        client.readUntil(() -> failures(client, FailureKind.UNAVAILABLE).size() == 1);
        assertThat(failures(client, FailureKind.UNAVAILABLE))
            .allSatisfy(it -> assertThat(it.message()).contains("nobody reads the answer"));
        assertThat(worker.engine.held()).hasSize(STREAMS.size() + 1).contains("kept");
        stays.close();
        List.copyOf(worker.engine.held()).forEach(worker.engine::finish);
        for (String path : STREAMS.keySet()) {
          isWhole(second, clients, path);
        }
      } finally {
        api.destroyForcibly().waitFor();
      }
    }
  }

  private static ConfigurableApplicationContext another(KafkaOptions kafka) {
    ApiOptions options = new ApiOptions();
    new CommandLine(options).parseArgs("--port=0");
    return ApiService.start(
        options,
        kafka,
        new ServedModel(),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        new LocalReplies());
  }

  /** Opens all streams, and has their first words. */
  private Map<String, EventReader> ask(URI api) throws Exception {
    Map<String, EventReader> clients = new HashMap<>();
    for (var stream : STREAMS.entrySet()) {
      EventReader client = EventReader.open(api.resolve(stream.getKey()), stream.getValue(), null);
      clients.put(stream.getKey(), client);
      told.put(stream.getKey(), client.until("one"));
    }
    return clients;
  }

  private static EventReader ask(URI api, String prompt) throws Exception {
    String body = "{\"prompt\":\"%s\",\"stream\":true}".formatted(prompt);
    EventReader client = EventReader.open(api.resolve("/v1/completions"), body, null);
    client.next();
    return client;
  }

  private static void goOn(URI api, Map<String, EventReader> clients, String path)
      throws Exception {
    EventReader before = clients.get(path);
    clients.put(path, EventReader.open(api.resolve(path), STREAMS.get(path), before.lastId()));
    before.close();
  }

  /** Waits until the api that was left has cancelled, and the worker has read that. */
  private static void awaitCancel(QueueClient client, WorkerFixture worker) throws Exception {
    client.readUntil(() -> !client.cancels().isEmpty());
    assertThat(client.cancels())
        .singleElement()
        .satisfies(it -> assertThat(it.reader()).isNotNull());
    client.ask("marker", "hold on please");
    worker.engine.awaitHeld(STREAMS.size() + 3);
    client.tell(new ControlMessage.Cancel("marker", "the cancels before it are read"));
    assertThat(client.last("marker")).isInstanceOf(Reply.Failed.class);
    assertThat(worker.engine.held()).hasSize(STREAMS.size() + 2);
  }

  private static List<Reply.Failed> failures(QueueClient client, FailureKind kind) {
    return client.allReplies().stream()
        .filter(Reply.Failed.class::isInstance)
        .map(Reply.Failed.class::cast)
        .filter(failed -> failed.kind() == kind)
        .toList();
  }

  /** What was told by one api and then by another is what one tells alone, ids and all. */
  private void isWhole(URI api, Map<String, EventReader> clients, String path) throws Exception {
    List<Event> all = new ArrayList<>(told.get(path));
    String begin = all.get(0).id();
    try (EventReader client = clients.get(path)) {
      all.addAll(client.rest());
    }
    try (EventReader again = EventReader.open(api.resolve(path), STREAMS.get(path), begin)) {
      assertThat(again.rest()).as(path).isEqualTo(all.subList(1, all.size()));
    }
    assertThat(all.toString()).contains("two").contains("three");
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
            "--resume-timeout=1ms",
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
}
