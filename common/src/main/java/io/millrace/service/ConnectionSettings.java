package io.millrace.service;

import java.time.Duration;

/**
 * How long the clients of a web server may take, and how many may be connected. A time of zero is
 * no limit.
 *
 * @param idleTimeout without a request: then the connection is closed
 * @param headTimeout from the first byte of a request's head to its last: then 408, and closed
 * @param bodyTimeout the same of its body
 * @param writeTimeout to take what was written: then the connection is closed
 * @param maxConnections more are told 503 and closed
 */
public record ConnectionSettings(
    Duration idleTimeout,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration writeTimeout,
    int maxConnections) {

  /** Enough for every server that is behind a proxy; as many connections as Tomcat's. */
  public static final ConnectionSettings DEFAULTS =
      new ConnectionSettings(
          Duration.ofSeconds(75),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofMinutes(1),
          8192);

  /** The same for fewer connections if the descriptors that are free would not do for these. */
  ConnectionSettings fitting(long freeDescriptors) {
    // The other half is for files, and for connections to Kafka that come later.
    int most = (int) Math.max(1, Math.min(maxConnections, freeDescriptors / 2));
    return new ConnectionSettings(idleTimeout, headTimeout, bodyTimeout, writeTimeout, most);
  }
}
