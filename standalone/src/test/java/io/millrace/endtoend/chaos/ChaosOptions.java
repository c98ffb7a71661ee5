package io.millrace.endtoend.chaos;

import io.millrace.cli.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of a run of chaos: a picocli mixin. */
final class ChaosOptions {
  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = DurationConverter.class,
      description = "For how long processes are disturbed (default: ${DEFAULT-VALUE}).")
  private Duration duration = Duration.ofMinutes(10);

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides what is disturbed, when and for how long (default: any).")
  private @Nullable Long seed;

  @Option(
      names = "--pause",
      paramLabel = "TIME",
      defaultValue = "4s",
      converter = DurationConverter.class,
      description = "Between two disturbances, on average (default: ${DEFAULT-VALUE}).")
  private Duration pause = Duration.ofSeconds(4);

  @Option(
      names = "--down",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description = "How long a process is away at most (default: ${DEFAULT-VALUE}).")
  private Duration down = Duration.ofSeconds(5);

  @Option(
      names = "--apis",
      paramLabel = "N",
      defaultValue = "2",
      description = "Processes of the api, 2 or more (default: ${DEFAULT-VALUE}).")
  private int apis = 2;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "3",
      description = "Processes of workers, 2 or more (default: ${DEFAULT-VALUE}).")
  private int workers = 3;

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "4",
      description = "Clients that read streams (default: ${DEFAULT-VALUE}).")
  private int streams = 4;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "3",
      description = "Clients that submit jobs (default: ${DEFAULT-VALUE}).")
  private int jobs = 3;

  @Option(
      names = "--programs",
      paramLabel = "N",
      defaultValue = "3",
      description = "Clients that speak to Kafka alone (default: ${DEFAULT-VALUE}).")
  private int programs = 3;

  @Option(
      names = "--think-time",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = DurationConverter.class,
      description = "Of a client between two requests, at most (default: ${DEFAULT-VALUE}).")
  private Duration thinkTime = Duration.ofSeconds(1);

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description = "When an answer counts as lost (default: ${DEFAULT-VALUE}).")
  private Duration deadline = Duration.ofMinutes(2);

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      defaultValue = "target/chaos",
      description = "Where the processes' logs and data are (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("target", "chaos");

  Duration duration() {
    return duration;
  }

  /** The same at every call. */
  long seed() {
    if (seed == null) {
      seed = ThreadLocalRandom.current().nextLong(1, 1_000_000);
    }
    return seed;
  }

  Duration pause() {
    return pause;
  }

  Duration down() {
    return down;
  }

  int count(Role role) {
    return switch (role) {
      case BROKER -> 1;
      case API -> apis;
      case WORKER -> workers;
    };
  }

  int count(Asker asker) {
    return switch (asker) {
      case STREAM -> streams;
      case JOB -> jobs;
      case PROGRAM -> programs;
    };
  }

  Duration thinkTime() {
    return thinkTime;
  }

  Duration deadline() {
    return deadline;
  }

  Path folder() {
    return folder;
  }
}
