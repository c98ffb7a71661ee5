package io.millrace.standalone;

import io.millrace.cli.Flags;
import io.millrace.service.ListenAddress;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The flags of the embedded broker: where it listens and keeps its data. */
final class BrokerOptions {
  @Option(
      names = "--broker-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description =
          "Port of the embedded Kafka broker on 127.0.0.1; 0 for any free one (default:"
              + " ${DEFAULT-VALUE}).")
  private int port = 9092;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description =
          "Where the broker keeps topics; they survive a restart (default: ~/.millrace/kafka).")
  private Path dataFolder = Path.of(System.getProperty("user.home"), ".millrace", "kafka");

  /**
   * Refuses what no broker could be started with.
   *
   * @param api where another service of this process listens
   */
  void validate(ListenAddress api) {
    requirePort();
    Flags.require(
        port == 0 || port != api.port(),
        "--broker-port",
        "another one than " + api.portFlag(),
        port);
  }

  /** Where an api of this process keeps files: beside the topics, as Kafka suffers no others. */
  Path filesFolder() {
    Path folder = dataFolder.toAbsolutePath().normalize();
    return folder.resolveSibling(folder.getFileName() + "-files");
  }

  private void requirePort() {
    Flags.require(port >= 0 && port <= 65535, "--broker-port", "0 to 65535", port);
  }

  EmbeddedBroker start() {
    requirePort();
    return EmbeddedBroker.start(dataFolder, port);
  }
}
