package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One of several apis on one broker, and a client of its jobs. */
final class JobsApi implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ConfigurableApplicationContext context;
  private final URI root;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  JobsApi(KafkaOptions kafka, String model, String... flags) {
    ServedModel served = new ServedModel();
    new CommandLine(served).parseArgs("--model-name=" + model);
    ApiOptions options = new ApiOptions();
    new CommandLine(options)
        .parseArgs(
            Stream.concat(Stream.of("--port=0"), Arrays.stream(flags)).toArray(String[]::new));
    context =
        ApiService.start(
            options,
            kafka,
            served,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            new LocalReplies());
    root = URI.create("http://127.0.0.1:" + ApiService.port(context));
  }

  URI root() {
    return root;
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return send(request, headers);
  }

  /** The same in flight. */
  CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(HttpRequest.newBuilder(root.resolve(path)), headers);
  }

  JsonNode delete(String id) throws Exception {
    return json(send(HttpRequest.newBuilder(root.resolve("/v1/jobs/" + id)).DELETE()));
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String... headers)
      throws IOException, InterruptedException {
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Submits a job for text; its id. */
  String submit(String prompt, String fields) throws Exception {
    HttpResponse<String> taken =
        post(
            "/v1/jobs",
            "{\"endpoint\":\"/v1/completions\",\"body\":{\"prompt\":\"%s\"}%s}"
                .formatted(prompt, fields));
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
    return json(taken).get("id").stringValue();
  }

  /** A job as it is now. */
  JsonNode job(String id) throws Exception {
    return json(get("/v1/jobs/" + id));
  }

  /** Its events up to its end. */
  List<String> events(String id, String... headers) throws Exception {
    HttpResponse<String> stream = get("/v1/jobs/" + id + "/events", headers);
    assertThat(stream.statusCode()).as(stream.body()).isEqualTo(200);
    return Arrays.stream(stream.body().replaceAll("(?m)^:.*\n", "").split("\n\n")).toList();
  }

  /** A job at its end. */
  JsonNode ended(String id) throws Exception {
    events(id);
    return job(id);
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    context.close();
  }
}
