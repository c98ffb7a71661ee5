package io.millrace.bench.serve;

import io.millrace.cli.Flags;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags of the load, which say when requests are sent; they are those of {@code vllm bench
 * serve}.
 */
final class LoadOptions {
  @Option(
      names = "--request-rate",
      paramLabel = "RPS",
      defaultValue = "inf",
      converter = DoubleConverter.class,
      description = "Requests a second; inf sends all at once (default: ${DEFAULT-VALUE}).")
  private double requestRate = Double.POSITIVE_INFINITY;

  @Option(
      names = "--burstiness",
      paramLabel = "X",
      defaultValue = "1",
      converter = DoubleConverter.class,
      description =
          "Shape of the gamma distribution of gaps: 1 is a Poisson process, less is burstier, inf"
              + " is a clock (default: ${DEFAULT-VALUE}).")
  private double burstiness = 1;

  @Option(
      names = "--max-concurrency",
      paramLabel = "N",
      description = "Requests that may be open at once (default: any number).")
  private @Nullable Integer maxConcurrency;

  @Option(
      names = "--num-warmups",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Requests that are sent and answered before the measurement, with a prompt of their own"
              + " (default: ${DEFAULT-VALUE}).")
  private int numWarmups;

  @Option(
      names = "--ready-check-timeout-sec",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "How long to wait for a server that answers its first request (default:"
              + " ${DEFAULT-VALUE}, no check).")
  private int readyCheckTimeoutSec;

  /** Refuses values that no load can be made of. */
  void validate() {
    Flags.require(requestRate > 0, "--request-rate", "more than 0, or inf", requestRate);
    Flags.require(burstiness > 0, "--burstiness", "more than 0, or inf", burstiness);
    Flags.require(
        maxConcurrency == null || maxConcurrency > 0,
        "--max-concurrency",
        "at least 1",
        maxConcurrency);
    Flags.require(numWarmups >= 0, "--num-warmups", "at least 0", numWarmups);
    Flags.require(
        readyCheckTimeoutSec >= 0, "--ready-check-timeout-sec", "at least 0", readyCheckTimeoutSec);
  }

  /** Requests a second; infinity for all at once. */
  double requestRate() {
    return requestRate;
  }

  double burstiness() {
    return burstiness;
  }

  /** Requests that are open at once; null for any number. */
  @Nullable Integer maxConcurrency() {
    return maxConcurrency;
  }

  int numWarmups() {
    return numWarmups;
  }

  int readyCheckTimeoutSec() {
    return readyCheckTimeoutSec;
  }
}
