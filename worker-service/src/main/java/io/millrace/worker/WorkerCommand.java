package io.millrace.worker;

import io.millrace.cli.CommandLines;
import io.millrace.cli.ServedModel;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.start.EngineStart;
import io.millrace.kafka.KafkaOptions;
import io.millrace.service.FatalErrors;
import io.millrace.service.HeapTrimmer;
import io.millrace.service.ListenAddress;
import io.millrace.service.Shutdown;
import io.millrace.service.SpringDefaults;
import java.util.concurrent.Callable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A worker as a process of its own. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = "Takes requests from Kafka and answers them with a model.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class WorkerCommand implements Callable<Integer> {
  @Mixin private ServedModel model = new ServedModel();
  @Mixin private WorkerOptions worker = new WorkerOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  /** Runs the worker until the process is told to end. */
  public static void main(String[] args) {
    FatalErrors.endTheProcess();
    SpringDefaults defaults = new SpringDefaults();
    System.exit(CommandLines.execute(new CommandLine(new WorkerCommand()), defaults, args));
  }

  @Override
  public Integer call() throws InterruptedException {
    worker.validate();
    model.validate();
    ListenAddress health = worker.healthAddress();
    if (health != null) {
      health.requireFree();
    }
    // A cluster that cannot be used is found out before the model is loaded.
    kafka.provision(model.name());
    try (GenerationEngine engine =
            EngineStart.start(model.model(), worker.engine(), worker.maxBatchSize());
        Shutdown shutdown = new Shutdown();
        ConfigurableApplicationContext context =
            WorkerApplication.start(worker, kafka, engine, model.name())) {
      context.getBean(WorkerService.class).stopped().thenRun(shutdown::end);
      HeapTrimmer.start();
      return shutdown.await();
    }
  }
}
