package io.millrace.api.options;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.service.ConnectionSettings;
import java.time.Duration;
import picocli.CommandLine.Option;

/**
 * The flags of the api's connections: how long their clients may take, and how many they may be.
 */
public final class ConnectionOptions {
  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      defaultValue = "75s",
      converter = DurationConverter.class,
      description =
          "How long a connection may stay without a request before it is closed; 0 for any time"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration idleTimeout = ConnectionSettings.DEFAULTS.idleTimeout();

  @Option(
      names = "--head-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description =
          "How long the head of a request may take to arrive; then 408 (default: ${DEFAULT-VALUE}; 0"
              + " for any time).")
  private Duration headTimeout = ConnectionSettings.DEFAULTS.headTimeout();

  @Option(
      names = "--body-timeout",
      paramLabel = "TIME",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description =
          "How long the body of a request may take to arrive; then 408 (default: ${DEFAULT-VALUE}; 0"
              + " for any time).")
  private Duration bodyTimeout = ConnectionSettings.DEFAULTS.bodyTimeout();

  @Option(
      names = "--write-timeout",
      paramLabel = "TIME",
      defaultValue = "1m",
      converter = DurationConverter.class,
      description =
          "How long a client may take to receive a piece of an answer before its connection is"
              + " closed and the answer given up (default: ${DEFAULT-VALUE}; 0 for any time).")
  private Duration writeTimeout = ConnectionSettings.DEFAULTS.writeTimeout();

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "8192",
      description =
          "Connections at once; more are refused with 503. At most half of the file descriptors"
              + " (ulimit -n) that are free at the start (default: ${DEFAULT-VALUE}).")
  private int maxConnections = ConnectionSettings.DEFAULTS.maxConnections();

  /** The same for the web server. */
  public ConnectionSettings settings() {
    return new ConnectionSettings(
        idleTimeout, headTimeout, bodyTimeout, writeTimeout, maxConnections);
  }

  void validate() {
    requireTime("--idle-timeout", idleTimeout);
    requireTime("--head-timeout", headTimeout);
    requireTime("--body-timeout", bodyTimeout);
    requireTime("--write-timeout", writeTimeout);
    Flags.requireAtLeast("--max-connections", 1, maxConnections);
  }

  private static void requireTime(String flag, Duration time) {
    Flags.require(!time.isNegative(), flag, "0 or more", time);
  }
}
