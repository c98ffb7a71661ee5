package io.millrace.standalone;

import io.millrace.kafka.KafkaOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** A worker with a scripted engine in a JVM of its own, to be killed. */
final class WorkerProcess implements AutoCloseable {
  private final Process process;

  WorkerProcess(String bootstrapServers, String model, String... flags) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            WorkerProcess.class.getName(),
            bootstrapServers,
            model);
    builder.command().addAll(List.of(flags));
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
  }

  /** Runs until it is killed, or until the test that started it is gone. */
  public static void main(String[] args) throws IOException {
    Map<Boolean, List<String>> flags =
        Arrays.stream(args).skip(2).collect(Collectors.partitioningBy(WorkerProcess::isOfKafka));
    KafkaOptions kafka = new KafkaOptions();
    new CommandLine(kafka).parseArgs(flags.get(true).toArray(String[]::new));
    new WorkerFixture(kafka.at(args[0]), args[1], flags.get(false).toArray(String[]::new));
    while (System.in.read() >= 0) {
      // The pipe to the test stays open as long as the test lives.
    }
    System.exit(0);
  }

  private static boolean isOfKafka(String flag) {
    return flag.startsWith("--kafka-") || flag.startsWith("--request-");
  }

  /** As {@code kill} does with {@code STOP} or {@code CONT}. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
