package io.millrace.standalone.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.millrace.cli.CommandLines;
import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.kafka.KafkaOptions;
import io.millrace.standalone.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of requests, and of a calm tenant, when another asks for far too much. */
@Command(
    name = "overload",
    mixinStandardHelpOptions = true,
    description =
        "Has two tenants ask broker, api and a worker with a simulated engine: one for a little, one"
            + " for many times what there is.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchOverloadCommand implements Callable<Integer> {
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "16",
      description = "Requests that the worker answers at once (default: ${DEFAULT-VALUE}).")
  private int slots = 16;

  @Option(
      names = "--step-time",
      paramLabel = "TIME",
      defaultValue = "50ms",
      converter = DurationConverter.class,
      description = "How long a token of each takes (default: ${DEFAULT-VALUE}).")
  private Duration step = Duration.ofMillis(50);

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "40",
      description = "Tokens of each answer (default: ${DEFAULT-VALUE}).")
  private int tokens = 40;

  @Option(
      names = "--overload",
      paramLabel = "FACTOR",
      defaultValue = "10",
      description =
          "By how many times the flood exceeds what the worker can do (default: ${DEFAULT-VALUE}).")
  private double overload = 10;

  @Option(
      names = "--calm-share",
      paramLabel = "SHARE",
      defaultValue = "0.2",
      description =
          "Of what the worker can do, the calm tenant asks for this (default: ${DEFAULT-VALUE}).")
  private double calmShare = 0.2;

  @Option(
      names = "--max-queued-requests",
      paramLabel = "N",
      defaultValue = "200",
      description = "Requests that may wait (default: ${DEFAULT-VALUE}).")
  private int maxQueued = 200;

  @Option(
      names = "--request-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "Deadline of each request (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = DurationConverter.class,
      description = "For how long the flood lasts (default: ${DEFAULT-VALUE}).")
  private Duration duration = Duration.ofSeconds(60);

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Flags.requireBetween("--slots", 1, 1024, slots);
    Flags.requireBetween("--tokens", 2, 100_000, tokens);
    Flags.requireAtLeast("--max-queued-requests", 1, maxQueued);
    Flags.require(overload > 0, "--overload", "more than 0", overload);
    Flags.require(calmShare > 0 && calmShare <= 1, "--calm-share", "more than 0 to 1", calmShare);
    Flags.require(!step.isZero() && !step.isNegative(), "--step-time", "more than 0", step);
    // A line for each request would stand among the figures.
    ((Logger) LoggerFactory.getLogger("io.millrace")).setLevel(Level.ERROR);
    OverloadSettings settings =
        new OverloadSettings(
            slots, step, tokens, overload, calmShare, maxQueued, timeout, duration, WARM_UP);
    Path folder = Files.createTempDirectory("millrace-bench");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        OverloadBench bench =
            new OverloadBench(
                new KafkaOptions().at(broker.bootstrapServers()), settings, keyFile(folder))) {
      OverloadReport report = bench.run();
      spec.commandLine()
          .getOut()
          .println(json ? JsonMapper.shared().writeValueAsString(report) : report.toString());
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
    return 0;
  }

  /** Writes the file of the two tenants into a folder. */
  static Path keyFile(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("tenants.yaml"),
        """
        tenants:
          - {name: calm, keys: [%s]}
          - {name: flood, keys: [%s]}
        """
            .formatted(OverloadBench.CALM, OverloadBench.FLOOD));
  }
}
