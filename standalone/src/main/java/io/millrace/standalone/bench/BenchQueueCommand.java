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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The way of requests and tokens through the queue, beside Kafka's clients alone. */
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description =
        "Measures broker, api and worker with an engine that answers at once, and a bare exchange"
            + " of records in the same run.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchQueueCommand implements Callable<Integer> {
  private static final int TURN = 50;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Requests whose time is taken (default: ${DEFAULT-VALUE}).")
  private int requests = 1000;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Requests before them (default: ${DEFAULT-VALUE}).")
  private int warmUp = 1000;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "64",
      description = "Requests at a time, for throughput (default: ${DEFAULT-VALUE}).")
  private int concurrency = 64;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "For how long throughput is measured (default: ${DEFAULT-VALUE}).")
  private Duration duration = Duration.ofSeconds(10);

  @Option(
      names = "--load-warm-up",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = DurationConverter.class,
      description =
          "For how long they ask before, until Java has compiled what is used most (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration loadWarmUp = Duration.ofSeconds(60);

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "64",
      description = "Streams that are read at a time (default: ${DEFAULT-VALUE}).")
  private int streams = 64;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "500",
      description = "Token events of each stream (default: ${DEFAULT-VALUE}).")
  private int tokens = 500;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Flags.requireAtLeast("--requests", 1, requests);
    Flags.requireAtLeast("--warm-up", 0, warmUp);
    Flags.requireBetween("--concurrency", 1, 1000, concurrency);
    Flags.requireBetween("--streams", 1, 1000, streams);
    Flags.requireBetween("--tokens", 2, 100_000, tokens);
    // A line for each request would stand among the figures.
    ((Logger) LoggerFactory.getLogger("io.millrace")).setLevel(Level.WARN);
    Path folder = Files.createTempDirectory("millrace-bench");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      QueueBenchReport report = measure(new KafkaOptions().at(broker.bootstrapServers()));
      spec.commandLine()
          .getOut()
          .println(json ? JsonMapper.shared().writeValueAsString(report) : report.toString());
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
    return 0;
  }

  /** Ours and the bare exchanges take turns, so that a busy moment of the machine meets all. */
  private QueueBenchReport measure(KafkaOptions kafka) throws IOException, InterruptedException {
    int slots = Math.max(concurrency, streams);
    List<Latency> ours = new ArrayList<>();
    List<Latency> bare = new ArrayList<>();
    List<Latency> shared = new ArrayList<>();
    try (PingPong pingPong = PingPong.plain(kafka);
        PingPong byShareGroup = PingPong.byShareGroup(kafka);
        QueueBench bench = new QueueBench(kafka, slots)) {
      bench.latencies(warmUp);
      exchange(pingPong, warmUp);
      exchange(byShareGroup, warmUp);
      for (int done = 0; done < requests; done += TURN) {
        int turn = Math.min(TURN, requests - done);
        ours.addAll(bench.latencies(turn));
        bare.addAll(exchange(pingPong, turn));
        shared.addAll(exchange(byShareGroup, turn));
      }
      bench.roundTrips(concurrency, loadWarmUp);
      Throughput roundTrips = bench.roundTrips(concurrency, duration);
      bench.stream(streams, tokens);
      QueueBench.Streamed streamed = bench.stream(streams, tokens);
      return new QueueBenchReport(
          Runtime.getRuntime().availableProcessors(),
          requests,
          QueueBenchReport.Way.of(ours, bare, Latency::in),
          QueueBenchReport.Way.of(ours, bare, Latency::out),
          QueueBenchReport.Way.of(shared, bare, Latency::in),
          concurrency,
          roundTrips,
          streams,
          streamed.tokens(),
          streamed.events());
    }
  }

  private static List<Latency> exchange(PingPong pingPong, int count) {
    List<Latency> latencies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      latencies.add(pingPong.once());
    }
    return latencies;
  }
}
