package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.Admins;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.GenerationRequest;
import io.millrace.testing.EventReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream's client hears: above all from an api that stops. */
class ApiStopIT {
  private static final String QUESTION = "{\"prompt\":\"x\",\"stream\":true}";

  @TempDir Path folder;

  @Test
  void streamThatWaits_hasItsHeadAndComments() throws Exception {
    try (ServedApi api =
        ServedApi.start(folder, "--sse-head-delay=0", "--sse-ping-interval=20ms")) {
      api.worker().onRequest(request -> {});

      // The stream is there before anything is said.
      try (BufferedReader lines = api.stream("/v1/completions", QUESTION)) {
        assertThat(lines.readLine()).isEqualTo(": waiting for a worker");
        api.worker().announce(64);
        String next = lines.readLine();
        while (next.equals(": waiting for a worker")) {
          next = lines.readLine();
        }
        assertThat(next).isEqualTo(": ping");
        GenerationRequest request = api.worker().takenRequest();
        api.worker().reply(request, finished(request, 1, 1, "late"));
        assertThat(lines.lines().filter(line -> line.startsWith("data: ")))
            .anySatisfy(line -> assertThat(line).contains("\"text\":\"late\""))
            .endsWith("data: [DONE]");
      }
    }
  }

  @Test
  void apiThatStops_leavesItsStreamsToOthers() throws Exception {
    try (ServedApi api = ServedApi.start(folder, "--shutdown-timeout=1ms", "--sse-head-delay=0");
        ServedApi other = api.another()) {
      api.worker().onRequest(request -> {});
      EventReader waiting = api.events("/v1/completions", QUESTION, null);
      GenerationRequest queued = api.worker().takenRequest();
      EventReader running = api.events("/v1/completions", QUESTION, null);
      GenerationRequest request = api.worker().takenRequest();
      api.worker().reply(request, delta(request, 1, 1, "a"));
      running.until("\"text\":\"a\"");
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(api.context()::close);

      assertThatThrownBy(running::rest).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> waiting.until("nothing")).isInstanceOf(IOException.class);
      stopped.join();
      try (EventReader first = other.events("/v1/completions", QUESTION, waiting.lastId());
          EventReader second = other.events("/v1/completions", QUESTION, running.lastId())) {
        api.worker().reply(queued, finished(queued, 1, 2, "late"));
        api.worker().reply(request, rest(request, 1, 2, "b"));
        assertThat(second.rest())
            .extracting(EventReader.Event::data)
            .hasSize(3)
            .satisfies(data -> assertThat(data.get(0)).contains("\"text\":\"b\""))
            .endsWith("[DONE]");
        assertThat(first.rest().toString()).contains("\"text\":\"late\"").contains("[DONE]");
      }
      assertThat(api.worker().cancelledIds()).isEmpty();
      String reader = request.reply().reader();
      assertThat(api.worker().wordsOfReaders().get(reader)).endsWith(false);
    }
  }

  /** The replies can be read, but nobody can be told who reads them now. */
  @Test
  void streamThatCannotBeTakenOverNow_isCutAndNotEnded() throws Exception {
    try (ServedApi api = ServedApi.start(folder, "--broker-timeout=1s")) {
      String path = "/v1/completions";
      api.worker().onRequest(request -> api.worker().reply(request, delta(request, 1, 1, "a")));
      GenerationRequest request;
      String id;
      try (EventReader first = api.events(path, QUESTION, null)) {
        request = api.worker().takenRequest();
        first.until("\"a\"");
        id = first.lastId();
      }
      KafkaOptions kafka = new KafkaOptions().at(api.bootstrapServers());
      try (Admin admin = kafka.cluster().connect()) {
        Admins.get(admin.deleteTopics(List.of(kafka.topics().control())).all());
      }
      api.worker().reply(request, delta(request, 1, 2, "b"));

      try (EventReader second = api.events(path, QUESTION, id)) {
        second.until("\"b\"");
        assertThatThrownBy(second::rest).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void apiThatStops_endsStreamsThatNobodyMayResumeWithAWord() throws Exception {
    try (ServedApi api =
        ServedApi.start(
            folder, "--shutdown-timeout=1ms", "--sse-head-delay=1m", "--resume-timeout=0")) {
      api.worker().onRequest(request -> api.worker().reply(request, delta(request, 1, 1, "a")));
      try (BufferedReader lines = api.stream("/completion", QUESTION)) {
        GenerationRequest request = api.worker().takenRequest();
        assertThat(data(lines)).contains("\"text\":\"a\"");
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(api.context()::close);

        assertThat(lines.lines().filter(line -> line.startsWith("data: ")))
            .singleElement()
            .asString()
            .contains("\"code\":\"unavailable\"")
            .contains("it can be resumed");
        stopped.join();
        assertThat(api.worker().cancelOf(request.id())).isPresent();
      }
    }
  }

  @Test
  void apiThatStops_hasTakenBackAllThatWasOpen() throws Exception {
    try (ServedApi api =
        ServedApi.start(
            folder, "--shutdown-timeout=1ms", "--sse-head-delay=0", "--resume-timeout=0")) {
      api.worker().onRequest(request -> {});
      List<GenerationRequest> requests = new ArrayList<>();
      List<BufferedReader> streams = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        streams.add(api.stream("/completion", QUESTION));
        requests.add(api.worker().takenRequest());
      }
      String reader = requests.get(0).reply().reader();
      assertThat(requests).allMatch(request -> reader.equals(request.reply().reader()));
      assertThat(api.worker().wordsOfReaders().get(reader)).isNotEmpty().containsOnly(true);
      api.context().close();

      assertThat(api.worker().cancelledIds())
          .containsAll(requests.stream().map(GenerationRequest::id).toList());
      assertThat(api.worker().wordsOfReaders().get(reader)).endsWith(false);
      for (BufferedReader stream : streams) {
        stream.close();
      }
    }
  }

  @Test
  void apiThatStops_letsAnswersEndWithinItsTimeout() throws Exception {
    try (ServedApi api = ServedApi.start(folder, "--shutdown-timeout=2m", "--sse-head-delay=1m")) {
      api.worker().onRequest(request -> api.worker().reply(request, delta(request, 1, 1, "a")));
      try (BufferedReader lines = api.stream("/completion", QUESTION)) {
        GenerationRequest request = api.worker().takenRequest();
        assertThat(data(lines)).contains("\"text\":\"a\"");
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(api.context()::close);
        refuses(api);

        api.worker().reply(request, rest(request, 1, 2, "b"));
        assertThat(lines.lines().filter(line -> line.startsWith("data: ")))
            .hasSize(2)
            .endsWith("data: [DONE]");
        stopped.join();
      }
    }
  }

  private static String data(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (!line.startsWith("data: ")) {
      line = lines.readLine();
    }
    return line;
  }

  /** Waits until the api takes no new connection; in the moment that it stops, it resets some. */
  private static void refuses(ServedApi api) throws IOException {
    boolean refused = false;
    while (!refused && !Thread.currentThread().isInterrupted()) {
      try {
        new Socket("127.0.0.1", api.port()).close();
      } catch (ConnectException e) {
        refused = true;
      } catch (SocketException reset) {
        assertThat(reset).hasMessageContaining("reset");
      }
    }
  }
}
