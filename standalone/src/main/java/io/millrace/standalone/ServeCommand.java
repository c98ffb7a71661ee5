package io.millrace.standalone;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.ApiService;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.CommandLines;
import io.millrace.cli.ServedModel;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.start.EngineStart;
import io.millrace.kafka.IntakeOptions;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import io.millrace.service.HeapTrimmer;
import io.millrace.service.Shutdown;
import io.millrace.worker.WorkerOptions;
import io.millrace.worker.WorkerService;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Broker, api and worker in one process. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serves a model on this machine: broker, api and worker in one process.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private ServedModel model = new ServedModel();
  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private WorkerOptions worker = new WorkerOptions();
  @Mixin private IntakeOptions intake = new IntakeOptions();
  @Mixin private BrokerOptions broker = new BrokerOptions();

  @Override
  public Integer call() throws InterruptedException {
    api.validate();
    worker.validate();
    model.validate();
    broker.validate(api.address());
    api.address().requireFree();
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    LocalReplies localReplies = new LocalReplies();
    // Closed in the opposite order: the worker drains while its replies still reach the api.
    try (Shutdown shutdown = new Shutdown();
        EmbeddedBroker started = broker.start()) {
      started.failure().thenAccept(shutdown::fail);
      KafkaOptions kafka = new KafkaOptions().at(started.bootstrapServers(), intake);
      ApiService.requireStartable(api, kafka, model);
      try (GenerationEngine engine =
              EngineStart.start(model.model(), worker.engine(), worker.maxBatchSize());
          WorkerService service =
              WorkerService.start(worker, kafka, engine, model.name(), meters, localReplies);
          ConfigurableApplicationContext context =
              ApiService.start(api, kafka, model, meters, localReplies)) {
        log.info("ready: try {}/docs", ApiService.url(api, context));
        HeapTrimmer.start();
        return shutdown.await();
      }
    }
  }
}
