package io.millrace.standalone;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.start.EngineStart;
import io.millrace.kafka.IntakeOptions;
import io.millrace.kafka.KafkaOptions;
import io.millrace.metrics.ProcessMetrics;
import io.millrace.protocol.LocalReplies;
import io.millrace.service.Shutdown;
import io.millrace.worker.WorkerOptions;
import io.millrace.worker.WorkerService;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Mixin;

/** Broker, api and worker within this process, and their flags: a picocli mixin. */
public final class EmbeddedService {
  @Mixin private ServedModel model = new ServedModel();
  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private WorkerOptions worker = new WorkerOptions();
  @Mixin private IntakeOptions intake = new IntakeOptions();
  @Mixin private BrokerOptions broker = new BrokerOptions();

  /** What is done while the service runs. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does it, and returns the exit code.
     *
     * @param url of the api, root path included
     * @param shutdown tells when the process is to end
     */
    int run(String url, Shutdown shutdown) throws InterruptedException;
  }

  /** Starts the service, does something, and stops the service. */
  public int run(Task task) throws InterruptedException {
    api.batches().defaultPath(broker.filesFolder());
    api.validate();
    worker.validate();
    model.validate();
    broker.validate(api.address());
    api.address().requireFree();
    PrometheusMeterRegistry meters = ProcessMetrics.registry();
    LocalReplies localReplies = new LocalReplies();
    // Closed in the opposite order: the worker drains while its replies still reach the api.
    try (Shutdown shutdown = new Shutdown();
        BackgroundStart<GenerationEngine> engine =
            BackgroundStart.of(
                "start-engine",
                () -> EngineStart.start(model.model(), worker.engine(), worker.maxBatchSize()));
        EmbeddedBroker started = broker.start()) {
      started.failure().thenAccept(shutdown::fail);
      KafkaOptions kafka = new KafkaOptions().at(started.bootstrapServers(), intake);
      ApiService.requireStartable(api, kafka, model);
      try (BackgroundStart<WorkerService> service =
              BackgroundStart.of(
                  "start-worker",
                  () ->
                      WorkerService.start(
                          worker, kafka, engine.part(), model.name(), meters, localReplies));
          ConfigurableApplicationContext context =
              ApiService.start(api, kafka, model, meters, localReplies)) {
        service.part();
        return task.run(ApiService.url(api, context), shutdown);
      }
    }
  }
}
