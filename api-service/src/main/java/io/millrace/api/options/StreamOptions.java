package io.millrace.api.options;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.kafka.TopicProvisioner;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of streamed answers: how long they may take, and what is sent while they wait. */
public final class StreamOptions {
  @Option(
      names = "--first-token-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long a stream may wait for its first token, queue included (default:"
              + " --request-timeout).")
  private @Nullable Duration firstTokenTimeout;

  @Option(
      names = "--inter-token-timeout",
      paramLabel = "TIME",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description =
          "How long a stream may wait for its next token, another worker's taking over included"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration interTokenTimeout = Duration.ofMinutes(2);

  @Option(
      names = "--stream-timeout",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = DurationConverter.class,
      description = "How long a whole stream may take (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofHours(24);

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

  @Option(
      names = "--resume-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description =
          "How long a stream whose connection is lost goes on for a client that resumes it with"
              + " Last-Event-ID, at any api; then it is cancelled; 0 for not at all (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration resumeTimeout = Duration.ofSeconds(5);

  /**
   * How long a stream may wait for its first token.
   *
   * @param otherwise if no flag says
   */
  public Duration firstTokenTimeout(Duration otherwise) {
    return firstTokenTimeout == null ? otherwise : firstTokenTimeout;
  }

  /** How long a stream may wait for its next token. */
  public Duration interTokenTimeout() {
    return interTokenTimeout;
  }

  /** How long a whole stream may take. */
  public Duration timeout() {
    return timeout;
  }

  /** How long a head waits for a refusal. */
  public Duration headDelay() {
    return headDelay;
  }

  /** From one comment line to the next; zero for none but the first. */
  public Duration pingInterval() {
    return pingInterval;
  }

  /** How long a stream without a connection goes on; zero for not at all. */
  public Duration resumeTimeout() {
    return resumeTimeout;
  }

  void validate() {
    requireTime("--first-token-timeout", firstTokenTimeout);
    requireTime("--inter-token-timeout", interTokenTimeout);
    requireTime("--stream-timeout", timeout);
    Flags.require(!headDelay.isNegative(), "--sse-head-delay", "0 or more", headDelay);
    Flags.require(
        !resumeTimeout.isNegative()
            && resumeTimeout.compareTo(TopicProvisioner.REPLY_RETENTION) <= 0,
        "--resume-timeout",
        "0 to %d h, as long as replies are kept"
            .formatted(TopicProvisioner.REPLY_RETENTION.toHours()),
        resumeTimeout);
    Flags.require(!pingInterval.isNegative(), "--sse-ping-interval", "0 or more", pingInterval);
  }

  private static void requireTime(String flag, @Nullable Duration time) {
    Duration most = TopicProvisioner.REQUEST_RETENTION;
    Flags.require(
        time == null || (time.compareTo(Duration.ofMillis(1)) >= 0 && time.compareTo(most) <= 0),
        flag,
        "1ms to %d h, as long as a request is kept".formatted(most.toHours()),
        time);
  }
}
