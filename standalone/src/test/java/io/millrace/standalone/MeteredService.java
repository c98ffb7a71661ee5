package io.millrace.standalone;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.start.EngineStart;
import io.millrace.kafka.KafkaOptions;
import io.millrace.metrics.ProcessMetrics;
import io.millrace.protocol.LocalReplies;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.worker.WorkerApplication;
import io.millrace.worker.WorkerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** A broker, an api that knows a tenant, and a worker with a tiny model, each with its metrics. */
final class MeteredService implements AutoCloseable {
  private static final String KEY = "a-key";

  private final HttpClient http = HttpClient.newHttpClient();
  private final EmbeddedBroker broker;
  private final GenerationEngine engine;
  private final ConfigurableApplicationContext worker;
  private final ConfigurableApplicationContext api;
  private final int workerPort;

  MeteredService(Path folder) throws IOException {
    ServedModel model = new ServedModel();
    Path files = TinyCheckpoint.llama().writeTo(folder.resolve("model"));
    new CommandLine(model).parseArgs("--model=" + files, "--model-name=tiny");
    WorkerOptions workerOptions = new WorkerOptions();
    workerPort = PrometheusProcess.freePort();
    new CommandLine(workerOptions)
        .parseArgs(
            "--dtype=fp32",
            "--threads=1",
            "--max-batch-size=4",
            "--worker-name=w1",
            "--health-port=" + workerPort);
    Path tenants =
        Files.writeString(
            folder.resolve("tenants.yaml"), "tenants: [{name: team, keys: [" + KEY + "]}]");
    ApiOptions apiOptions = new ApiOptions();
    new CommandLine(apiOptions).parseArgs("--port=0", "--api-key-file=" + tenants);

    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
    KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
    engine = EngineStart.start(model.model(), workerOptions.engine(), workerOptions.maxBatchSize());
    worker = WorkerApplication.start(workerOptions, kafka, engine, model.name());
    PrometheusMeterRegistry registry = ProcessMetrics.registry();
    api = ApiService.start(apiOptions, kafka, model, registry, new LocalReplies());
  }

  int workerPort() {
    return workerPort;
  }

  int apiPort() {
    return ApiService.port(api);
  }

  HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
  }

  HttpResponse<String> ask(String body) throws IOException, InterruptedException {
    return ask(body, "Accept", "*/*");
  }

  HttpResponse<String> ask(String body, String header, String value)
      throws IOException, InterruptedException {
    return post("/v1/completions", body, header, value);
  }

  HttpResponse<String> post(String path, String body, String header, String value)
      throws IOException, InterruptedException {
    return send(asked(path).header(header, value).POST(BodyPublishers.ofString(body)));
  }

  /** A job once it has ended. */
  JsonNode ended(String id) throws IOException, InterruptedException {
    JsonNode job = JobsApi.json(send(asked("/v1/jobs/" + id)));
    while (job.get("ended_at").isNull()) {
      job = JobsApi.json(send(asked("/v1/jobs/" + id)));
    }
    return job;
  }

  private HttpRequest.Builder asked(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort() + path))
        .header("Authorization", "Bearer " + KEY);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    api.close();
    worker.close();
    engine.close();
    broker.close();
  }
}
