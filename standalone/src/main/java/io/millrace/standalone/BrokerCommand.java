package io.millrace.standalone;

import io.millrace.cli.CommandLines;
import io.millrace.service.Shutdown;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The embedded broker alone, for an api and workers that are started by hand. */
@Command(
    name = "broker",
    mixinStandardHelpOptions = true,
    description = "Runs a single-node Kafka broker on this machine.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
final class BrokerCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(BrokerCommand.class);

  @Mixin private BrokerOptions options = new BrokerOptions();

  @Override
  public Integer call() throws InterruptedException {
    try (Shutdown shutdown = new Shutdown();
        EmbeddedBroker broker = options.start()) {
      log.info("broker listens on {}", broker.bootstrapServers());
      broker.failure().thenAccept(shutdown::fail);
      return shutdown.await();
    }
  }
}
