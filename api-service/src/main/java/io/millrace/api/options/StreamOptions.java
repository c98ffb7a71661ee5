package io.millrace.api.options;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The flags of streamed answers: when their head is sent, and what is sent while they wait. */
public final class StreamOptions {
  @Option(
      names = "--sse-head-delay",
      paramLabel = "TIME",
      defaultValue = "500ms",
      converter = DurationConverter.class,
      description =
          "How long the head of a stream waits, once its request is queued, for a worker to refuse"
              + " it with a status; later refusals are events (default: ${DEFAULT-VALUE}).")
  private Duration headDelay = Duration.ofMillis(500);

  @Option(
      names = "--sse-ping-interval",
      paramLabel = "TIME",
      defaultValue = "15s",
      converter = DurationConverter.class,
      description =
          "How often a stream has a comment line, from its head on, so that proxies keep it open"
              + " while it waits; 0 for the head alone (default: ${DEFAULT-VALUE}).")
  private Duration pingInterval = Duration.ofSeconds(15);

  /** How long a head waits for a refusal. */
  public Duration headDelay() {
    return headDelay;
  }

  /** From one comment line to the next; zero for none but the first. */
  public Duration pingInterval() {
    return pingInterval;
  }

  void validate() {
    Flags.require(!headDelay.isNegative(), "--sse-head-delay", "0 or more", headDelay);
    Flags.require(!pingInterval.isNegative(), "--sse-ping-interval", "0 or more", pingInterval);
  }
}
