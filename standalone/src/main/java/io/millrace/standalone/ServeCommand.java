package io.millrace.standalone;

import io.millrace.cli.CommandLines;
import io.millrace.service.HeapTrimmer;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

  @Mixin private EmbeddedService service = new EmbeddedService();

  @Override
  public Integer call() throws InterruptedException {
    return service.run(
        (url, shutdown) -> {
          log.info("ready: chat at {}/, try {}/docs", url, url);
          HeapTrimmer.start();
          return shutdown.await();
        });
  }
}
