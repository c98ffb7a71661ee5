package io.millrace.standalone.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.cli.CommandLines;
import io.millrace.cli.DurationConverter;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import io.millrace.service.FatalErrors;
import io.millrace.service.Shutdown;
import io.millrace.service.SpringDefaults;
import io.millrace.worker.WorkerOptions;
import io.millrace.worker.WorkerService;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A worker without a model, as a process of its own; {@code bench workers} starts it, by itself as
 * images start their worker.
 */
@Command(
    name = "simulated-worker",
    mixinStandardHelpOptions = true,
    description = "Takes requests as a worker does, and answers them with made-up tokens.",
    sortOptions = false)
public final class SimulatedWorkerCommand implements Callable<Integer> {
  @Mixin private ServedModel model = new ServedModel();
  @Mixin private WorkerOptions worker = new WorkerOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Option(
      names = "--step-time",
      paramLabel = "TIME",
      required = true,
      converter = DurationConverter.class,
      description = "How long a step takes, which gives a token to each request.")
  private Duration stepTime = Duration.ZERO;

  /** Runs the worker until the process is told to end. */
  public static void main(String[] args) {
    FatalErrors.endTheProcess();
    SpringDefaults defaults = new SpringDefaults();
    System.exit(
        CommandLines.execute(new CommandLine(new SimulatedWorkerCommand()), defaults, args));
  }

  @Override
  public Integer call() throws InterruptedException {
    try (SimulatedEngine engine = new SimulatedEngine(stepTime);
        Shutdown shutdown = new Shutdown();
        WorkerService service =
            WorkerService.start(
                worker,
                kafka,
                engine,
                model.name(),
                new SimpleMeterRegistry(),
                new LocalReplies())) {
      service.stopped().thenRun(shutdown::end);
      return shutdown.await();
    }
  }
}
