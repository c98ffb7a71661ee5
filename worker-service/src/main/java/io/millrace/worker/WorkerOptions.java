package io.millrace.worker;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.engine.start.EngineOptions;
import io.millrace.service.ListenAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of a worker: a picocli mixin. */
public final class WorkerOptions {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final int MAX_SLOTS = 1024;

  @Mixin private EngineOptions engine = new EngineOptions();

  @Option(
      names = "--max-batch-size",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "Slots: how many requests this worker answers at once, 1 to 1024 (default:"
              + " ${DEFAULT-VALUE}).")
  private int maxBatchSize = 32;

  @Option(
      names = "--reserved-slots",
      paramLabel = "N",
      description =
          "Slots that requests of the batch class never take (default: a quarter of"
              + " --max-batch-size).")
  private @Nullable Integer reservedSlots;

  @Option(
      names = "--batch-slots",
      paramLabel = "N",
      description =
          "Slots that requests of the batch class get while some of them wait, however many others"
              + " do; 0 for idle capacity alone (default: an eighth of --max-batch-size, as far as"
              + " --reserved-slots leaves them).")
  private @Nullable Integer batchSlots;

  @Option(
      names = "--worker-name",
      paramLabel = "NAME",
      description = "What this worker is called in replies and logs (default: host-pid-random).")
  private @Nullable String workerName;

  @Option(
      names = "--drain-timeout",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description =
          "How long a worker that stops goes on with what it has begun before it hands the rest to"
              + " others (default: ${DEFAULT-VALUE}).")
  private Duration drainTimeout = Duration.ofSeconds(30);

  @Option(
      names = "--step-timeout",
      paramLabel = "DURATION",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description =
          "How long a step of the engine may take before the worker counts as dead and other"
              + " workers get its requests; more than --max-num-batched-tokens tokens of a prompt"
              + " take on this machine (default: ${DEFAULT-VALUE}; 0 for any time).")
  private Duration stepTimeout = Duration.ofMinutes(2);

  @Option(
      names = "--backlog-timeout",
      paramLabel = "DURATION",
      defaultValue = "1m",
      converter = DurationConverter.class,
      description =
          "How long requests may wait that no worker holds, though this one has room and takes none,"
              + " before it counts as not ready (default: ${DEFAULT-VALUE}; 0 for any time).")
  private Duration backlogTimeout = Duration.ofMinutes(1);

  @Option(
      names = "--health-host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Where --health-port listens (default: ${DEFAULT-VALUE}).")
  private String healthHost = "127.0.0.1";

  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description =
          "Port of /health, /actuator and /metrics of a worker in its own process"
              + " (default: ${DEFAULT-VALUE}, none, so that several workers share a machine).")
  private int healthPort;

  /**
   * Refuses what no worker could be started with, before anything is loaded.
   *
   * @throws io.millrace.cli.StartFailure with the flag, its value and what is allowed
   */
  public void validate() {
    Flags.require(
        maxBatchSize >= 1 && maxBatchSize <= MAX_SLOTS,
        "--max-batch-size",
        "1 to " + MAX_SLOTS,
        maxBatchSize);
    Flags.require(
        reservedSlots() >= 0 && reservedSlots() < maxBatchSize,
        "--reserved-slots",
        "0 or more and less than --max-batch-size, which is " + maxBatchSize,
        reservedSlots());
    Flags.require(
        batchSlots() >= 0 && batchSlots() <= maxBatchSize - reservedSlots(),
        "--batch-slots",
        "0 or more and at most --max-batch-size less --reserved-slots, which is "
            + (maxBatchSize - reservedSlots()),
        batchSlots());
    Flags.require(
        workerName == null || NAME.matcher(workerName).matches(),
        "--worker-name",
        "1 to 100 of A-Z a-z 0-9 . _ -",
        workerName);
    Flags.require(!drainTimeout.isNegative(), "--drain-timeout", "0s or more", drainTimeout);
    Flags.require(!stepTimeout.isNegative(), "--step-timeout", "0s or more", stepTimeout);
    Flags.require(!backlogTimeout.isNegative(), "--backlog-timeout", "0s or more", backlogTimeout);
    Flags.require(
        healthPort >= 0 && healthPort <= 65535, "--health-port", "0 to 65535", healthPort);
    Flags.requireAddress("--health-host", healthHost);
    engine.validate(maxBatchSize);
  }

  /** What the engine is built from. */
  public EngineOptions engine() {
    return engine;
  }

  /** How many requests are answered at once. */
  public int maxBatchSize() {
    return maxBatchSize;
  }

  /** Tokens a step may compute, prompts and answers together. */
  public int maxNumBatchedTokens() {
    return engine.maxNumBatchedTokens(maxBatchSize);
  }

  /** Slots that requests of the batch class never take. */
  public int reservedSlots() {
    return reservedSlots == null ? maxBatchSize / 4 : reservedSlots;
  }

  /** Slots that requests of the batch class get while some of them wait. */
  public int batchSlots() {
    return batchSlots == null
        ? Math.min(maxBatchSize / 8, maxBatchSize - reservedSlots())
        : batchSlots;
  }

  /** What this worker is called; the same at every call. */
  public String workerName() {
    if (workerName == null) {
      workerName = inventName();
    }
    return workerName;
  }

  /** How long a drain may take. */
  public Duration drainTimeout() {
    return drainTimeout;
  }

  /** How long a step of the engine may take; zero for as long as it likes. */
  public Duration stepTimeout() {
    return stepTimeout;
  }

  /** How long requests may wait that this worker could take; zero for as long as they like. */
  public Duration backlogTimeout() {
    return backlogTimeout;
  }

  /** Where health and metrics are served; null for nowhere. */
  public @Nullable ListenAddress healthAddress() {
    return healthPort == 0
        ? null
        : new ListenAddress("--health-host", healthHost, "--health-port", healthPort);
  }

  private static String inventName() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
    } catch (UnknownHostException nameless) {
      host = "worker";
    }
    String shortened = host.substring(0, Math.min(60, host.length()));
    String random = UUID.randomUUID().toString().substring(0, 4);
    return shortened + "-" + ProcessHandle.current().pid() + "-" + random;
  }
}
