package io.millrace.standalone.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Simulated workers, each a process of its own, which end with this. */
final class SimulatedWorkers implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final String bootstrapServers;
  private final int slots;
  private final Duration step;
  private final Path log;
  private final List<Process> processes = new ArrayList<>();

  /**
   * @param slots of each
   * @param step how long a step takes
   * @param log where all that they print goes
   */
  SimulatedWorkers(String bootstrapServers, int slots, Duration step, Path log) {
    this.bootstrapServers = bootstrapServers;
    this.slots = slots;
    this.step = step;
    this.log = log;
  }

  /** Starts one more; its name. */
  String add() throws IOException {
    String name = "simulated-" + processes.size();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(classArchive());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            SimulatedWorkerCommand.class.getName(),
            "--worker-name=" + name,
            "--max-batch-size=" + slots,
            "--reserved-slots=0",
            "--drain-timeout=0s",
            "--step-time=" + step.toMillis() + "ms",
            "--bootstrap-servers=" + bootstrapServers));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    processes.add(builder.start());
    return name;
  }

  /** The flags by which this process has its classes from an archive, as workers have, too. */
  private static List<String> classArchive() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("-XX:SharedArchiveFile=") || flag.startsWith("-Xlog:cds"))
        .toList();
  }

  int count() {
    return processes.size();
  }

  /** Processor time that they have taken so far. */
  Duration processorTime() {
    return processes.stream()
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /**
   * Looks whether all live.
   *
   * @throws IllegalStateException if one has ended
   */
  void requireAlive() {
    if (processes.stream().anyMatch(process -> !process.isAlive())) {
      throw new IllegalStateException("a simulated worker has ended of itself; see " + log);
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }
}
