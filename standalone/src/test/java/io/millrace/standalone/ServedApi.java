package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import io.millrace.testing.EventReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;

/**
 * The api as it is in production, on a real broker, with a worker whose replies a test chooses, and
 * an HTTP client.
 */
final class ServedApi implements AutoCloseable {
  static final Usage USAGE = new Usage(3, 2);

  private EmbeddedBroker broker;
  private final boolean ownBroker;
  private final int brokerPort;
  private final ConfigurableApplicationContext context;
  private @Nullable ScriptedWorker worker;
  private final URI root;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ServedApi(EmbeddedBroker broker, boolean ownBroker, String... flags) {
    this.broker = broker;
    this.ownBroker = ownBroker;
    String address = broker.bootstrapServers();
    brokerPort = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    KafkaOptions kafka = new KafkaOptions().at(address);
    ServedModel model = new ServedModel();
    ApiOptions options = new ApiOptions();
    new CommandLine(options).parseArgs(flags);
    context =
        ApiService.start(
            options,
            kafka,
            model,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new LocalReplies());
    root = URI.create("http://127.0.0.1:" + ApiService.port(context));
    worker = ownBroker ? newWorker() : null;
  }

  private ScriptedWorker newWorker() {
    KafkaCluster cluster = new KafkaCluster(broker.bootstrapServers());
    return new ScriptedWorker(cluster, new KafkaOptions().topics(), new ServedModel().name());
  }

  /** A worker that has seen nothing of what was before. */
  void replaceWorker() throws InterruptedException {
    worker().close();
    worker = newWorker();
  }

  /** A slow machine must not turn a refusal into an event: heads wait for the whole timeout. */
  static ServedApi start(Path folder, int maxQueuedRequests, Duration timeout, String... others) {
    List<String> flags = new ArrayList<>(List.of(others));
    flags.addAll(
        List.of(
            "--max-queued-requests=" + maxQueuedRequests,
            "--request-timeout=" + timeout,
            "--inter-token-timeout=" + timeout,
            "--sse-head-delay=" + timeout));
    return start(folder, flags.toArray(String[]::new));
  }

  static ServedApi start(Path folder, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--port=0");
    return new ServedApi(EmbeddedBroker.start(folder, 0), true, all.toArray(String[]::new));
  }

  /** Another api, with the same broker and no worker of its own; to be closed before this one. */
  ServedApi another() {
    return new ServedApi(broker, false, "--port=0");
  }

  ScriptedWorker worker() {
    return Objects.requireNonNull(worker);
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  int port() {
    return root.getPort();
  }

  void stopBroker() {
    broker.close();
  }

  /** The broker again at the same port, with its data or without. */
  void restartBroker(Path withData) {
    broker = EmbeddedBroker.start(withData, brokerPort);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(root.resolve(path)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return client.send(request(path, "application/json", body), BodyHandlers.ofString());
  }

  HttpResponse<String> postAs(String contentType, String path, String body)
      throws IOException, InterruptedException {
    return client.send(request(path, contentType, body), BodyHandlers.ofString());
  }

  /** A request in flight; cancelling it closes its connection. */
  CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
    return client.sendAsync(request(path, "application/json", body), BodyHandlers.ofString());
  }

  /** A stream that is read line by line; closing it closes its connection. */
  BufferedReader stream(String path, String body) throws IOException, InterruptedException {
    InputStream events =
        client.send(request(path, "application/json", body), BodyHandlers.ofInputStream()).body();
    return new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
  }

  /**
   * A stream that is read event by event.
   *
   * @param after the id behind which it goes on; null for a new one
   */
  EventReader events(String path, String body, @Nullable String after)
      throws IOException, InterruptedException {
    return EventReader.open(root.resolve(path), body, after);
  }

  /** Asks until the status is the wanted one, for a minute at most. */
  HttpResponse<String> getUntil(int status, String path) throws Exception {
    Instant limit = Instant.now().plusSeconds(60);
    HttpResponse<String> response = get(path);
    while (response.statusCode() != status && Instant.now().isBefore(limit)) {
      response = get(path);
    }
    assertThat(response.statusCode()).isEqualTo(status);
    return response;
  }

  private HttpRequest request(String path, String contentType, String body) {
    return HttpRequest.newBuilder(root.resolve(path))
        .header("Content-Type", contentType)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  static Reply accepted(GenerationRequest request, int attempt) {
    return new Reply.Accepted(request.id(), attempt, "scripted", "q-0@1", 1);
  }

  static Reply delta(GenerationRequest request, int attempt, int seq, String text) {
    return new Reply.Delta(request.id(), attempt, seq, seq, text);
  }

  /** The end of an answer of which nothing was told before. */
  static Reply finished(GenerationRequest request, int attempt, int seq, String text) {
    return end(request, attempt, 0, seq, text);
  }

  /** The end of an answer of which all but the last token was told before. */
  static Reply rest(GenerationRequest request, int attempt, int seq, String text) {
    return end(request, attempt, seq - 1, seq, text);
  }

  private static Reply end(
      GenerationRequest request, int attempt, int begin, int seq, String text) {
    List<Integer> tokenIds = IntStream.rangeClosed(begin + 1, seq).boxed().toList();
    Reply.Choice only =
        new Reply.Choice(0, begin, AnswerPiece.of(text), FinishReason.STOP, tokenIds, List.of());
    return new Reply.Finished(request.id(), attempt, only, USAGE);
  }

  static Reply failed(GenerationRequest request, FailureKind kind, String message) {
    return new Reply.Failed(request.id(), 1, 2, kind, message, "prompt");
  }

  @Override
  public void close() throws InterruptedException {
    if (worker != null) {
      worker.close();
    }
    context.close();
    if (ownBroker) {
      broker.close();
    }
  }
}
