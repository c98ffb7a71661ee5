package io.millrace.standalone.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.millrace.cli.CommandLines;
import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.IntakeOptions;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import io.millrace.standalone.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** What more workers bring, and how soon one that joins has work. */
@Command(
    name = "workers",
    mixinStandardHelpOptions = true,
    description =
        "Measures more and more workers on one broker, each a process of its own whose steps take a"
            + " fixed time and no processor.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchWorkersCommand implements Callable<Integer> {
  private static final Duration JOIN_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration TURN = Duration.ofMillis(100);

  /** Requests that wait for each slot. */
  private static final int DEPTH = 3;

  @Option(
      names = "--workers",
      paramLabel = "N,...",
      split = ",",
      defaultValue = "1,2,4,8,16",
      description = "How many there are, one after the other, growing (default: ${DEFAULT-VALUE}).")
  private List<Integer> workers = List.of(1, 2, 4, 8, 16);

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "8",
      description = "Of each worker (default: ${DEFAULT-VALUE}).")
  private int slots = 8;

  @Option(
      names = "--request-topics",
      paramLabel = "N",
      defaultValue = "1",
      description = "Over which the requests are spread (default: ${DEFAULT-VALUE}).")
  private int requestTopics = 1;

  @Option(
      names = "--step-time",
      paramLabel = "TIME",
      defaultValue = "100ms",
      converter = DurationConverter.class,
      description = "Of a step, a token for each request (default: ${DEFAULT-VALUE}).")
  private Duration stepTime = Duration.ofMillis(100);

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "40",
      description = "Of each answer (default: ${DEFAULT-VALUE}).")
  private int tokens = 40;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "20s",
      converter = DurationConverter.class,
      description = "For how long each number of workers is measured (default: ${DEFAULT-VALUE}).")
  private Duration duration = Duration.ofSeconds(20);

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Flags.requireBetween("--slots", 1, 64, slots);
    Flags.requireBetween("--request-topics", 1, TopicNames.MOST_REQUEST_TOPICS, requestTopics);
    Flags.requireBetween("--tokens", 1, 100_000, tokens);
    Flags.require(stepTime.toMillis() >= 1, "--step-time", "1ms or more", stepTime);
    Flags.require(
        !workers.isEmpty()
            && workers.get(0) >= 1
            && workers.get(workers.size() - 1) <= 64
            && IntStream.range(1, workers.size())
                .allMatch(i -> workers.get(i - 1) < workers.get(i)),
        "--workers",
        "growing numbers from 1 to 64",
        workers);
    // Topics that are made would stand among the figures.
    ((Logger) LoggerFactory.getLogger("io.millrace")).setLevel(Level.WARN);
    Path folder = Files.createTempDirectory("millrace-bench");
    WorkersBenchReport report;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
      IntakeOptions intake = new IntakeOptions();
      new CommandLine(intake).parseArgs("--request-topics=" + requestTopics);
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers(), intake);
      report = measure(kafka, folder.resolve("log"));
    }
    FileSystemUtils.deleteRecursively(folder);
    spec.commandLine()
        .getOut()
        .println(json ? JsonMapper.shared().writeValueAsString(report) : report.toString());
    return 0;
  }

  private WorkersBenchReport measure(KafkaOptions kafka, Path log) throws Exception {
    String model = new ServedModel().name();
    kafka.provision(model);
    KafkaCluster cluster = kafka.cluster();
    List<String> requests =
        RequestTopic.of(model, RequestClass.INTERACTIVE, requestTopics).stream()
            .map(kafka.topics()::requests)
            .toList();
    List<WorkersBenchReport.Stage> stages = new ArrayList<>();
    try (ClosedLoopClient asker = new ClosedLoopClient(cluster, requests, tokens);
        SimulatedWorkers running =
            new SimulatedWorkers(cluster.bootstrapServers(), slots, stepTime, log)) {
      for (int count : workers) {
        long firstWork = join(running, asker, count);
        double each =
            stages.isEmpty() ? 0 : stages.get(0).tokensPerSecond() / stages.get(0).workers();
        stages.add(stage(running, asker, firstWork, each));
      }
    }
    return new WorkersBenchReport(
        Runtime.getRuntime().availableProcessors(),
        slots,
        requestTopics,
        stepTime.toMillis(),
        tokens,
        stages);
  }

  /**
   * Starts what is missing, one after the other; how long one of them took at most from the start
   * of its process to its first request, in milliseconds.
   */
  private long join(SimulatedWorkers running, ClosedLoopClient asker, int count)
      throws IOException {
    int most = DEPTH * slots * count;
    long longest = 0;
    asker.run(TURN, most);
    while (running.count() < count) {
      long began = System.nanoTime();
      String name = running.add();
      while (!asker.firstWorkAt().containsKey(name)) {
        running.requireAlive();
        if (System.nanoTime() - began > JOIN_TIMEOUT.toNanos()) {
          throw new IllegalStateException("%s has no work within %s".formatted(name, JOIN_TIMEOUT));
        }
        asker.run(TURN, most);
      }
      long first = Objects.requireNonNull(asker.firstWorkAt().get(name));
      longest = Math.max(longest, TimeUnit.NANOSECONDS.toMillis(first - began));
    }
    return longest;
  }

  private WorkersBenchReport.Stage stage(
      SimulatedWorkers running, ClosedLoopClient asker, long firstWork, double each) {
    int count = running.count();
    // Until all slots are in use, and not all at the same token.
    asker.run(stepTime.multipliedBy(2L * tokens), DEPTH * slots * count);
    long began = System.nanoTime();
    long told = asker.told();
    long answered = asker.answered();
    Duration busy = running.processorTime();
    asker.run(duration, DEPTH * slots * count);
    double seconds = (System.nanoTime() - began) / 1e9;
    double rate = (asker.told() - told) / seconds;
    double full = 1e9 * count * slots / stepTime.toNanos();
    return new WorkersBenchReport.Stage(
        count,
        rate,
        (asker.answered() - answered) / seconds,
        each == 0 ? 1 : rate / (each * count),
        rate / full,
        firstWork,
        running.processorTime().minus(busy).toNanos() / 1e9 / seconds);
  }
}
