package io.millrace.api;

import io.millrace.api.options.ApiOptions;
import io.millrace.cli.CommandLines;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.KafkaOptions;
import io.millrace.metrics.ProcessMetrics;
import io.millrace.protocol.LocalReplies;
import io.millrace.service.FatalErrors;
import io.millrace.service.HeapTrimmer;
import io.millrace.service.Shutdown;
import io.millrace.service.SpringDefaults;
import java.util.concurrent.Callable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The HTTP service as a process of its own. */
@Command(
    name = "api",
    mixinStandardHelpOptions = true,
    description = "Serves HTTP, and hands requests to workers through Kafka.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class ApiCommand implements Callable<Integer> {
  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private ServedModel model = new ServedModel();

  /** Runs the service until the process is told to end. */
  public static void main(String[] args) {
    FatalErrors.endTheProcess();
    SpringDefaults defaults = new SpringDefaults();
    System.exit(CommandLines.execute(new CommandLine(new ApiCommand()), defaults, args));
  }

  @Override
  public Integer call() throws InterruptedException {
    model.validate();
    var meters = ProcessMetrics.registry();
    ConfigurableApplicationContext context =
        ApiService.start(api, kafka, model, meters, new LocalReplies());
    try (Shutdown shutdown = new Shutdown();
        context) {
      HeapTrimmer.start();
      return shutdown.await();
    }
  }
}
