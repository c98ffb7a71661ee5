package io.millrace.standalone.bench;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import io.millrace.worker.WorkerOptions;
import io.millrace.worker.WorkerService;
import java.net.URI;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;

/**
 * An api and a worker with a simulated engine, on a broker. Replies take the way through Kafka, as
 * between two processes.
 */
final class SimulatedService implements AutoCloseable {
  private final SimulatedEngine engine;
  private final WorkerService worker;
  private final ConfigurableApplicationContext api;

  /**
   * Starts both.
   *
   * @param engine is closed with this
   * @param slots requests that the worker answers at once
   * @param apiFlags further flags of the api
   */
  SimulatedService(KafkaOptions kafka, SimulatedEngine engine, int slots, String... apiFlags) {
    this.engine = engine;
    WorkerOptions workerOptions = new WorkerOptions();
    new CommandLine(workerOptions).parseArgs("--max-batch-size=" + slots, "--reserved-slots=0");
    ApiOptions apiOptions = new ApiOptions();
    new CommandLine(apiOptions).parseArgs(apiFlags);
    ServedModel model = new ServedModel();
    worker =
        WorkerService.start(
            workerOptions, kafka, engine, model.name(), meters(), new LocalReplies());
    api = ApiService.start(apiOptions, kafka, model, meters(), new LocalReplies());
  }

  private static PrometheusMeterRegistry meters() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /** Where the api is. */
  URI root() {
    return URI.create("http://127.0.0.1:" + ApiService.port(api));
  }

  @Override
  public void close() {
    api.close();
    worker.close();
    engine.close();
  }
}
