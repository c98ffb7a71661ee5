package io.millrace.api;

import io.millrace.cli.StartFailure;
import io.millrace.protocol.Invalid;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.ssl.pem.PemContent;
import picocli.CommandLine.Option;

/** Where the HTTP service listens, and how much it takes on. */
public final class ApiOptions {
  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to listen on; 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8000",
      description = "Port to listen on; 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = 8000;

  @Option(
      names = "--response-role",
      paramLabel = "ROLE",
      defaultValue = "assistant",
      description = "The role that answers in chats (default: ${DEFAULT-VALUE}).")
  private String responseRole = "assistant";

  @Option(
      names = "--root-path",
      paramLabel = "PATH",
      defaultValue = "",
      description = "Path under which a proxy shows the service, such as /llm.")
  private String rootPath = "";

  @Option(
      names = "--ssl-keyfile",
      paramLabel = "FILE",
      description = "Private key for HTTPS, PEM; with --ssl-certfile.")
  private @Nullable Path sslKeyfile;

  @Option(
      names = "--ssl-certfile",
      paramLabel = "FILE",
      description = "Certificate chain for HTTPS, PEM; with --ssl-keyfile.")
  private @Nullable Path sslCertfile;

  @Option(
      names = "--max-queued-requests",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Requests that may wait for a worker; more are refused with 429 (default:"
              + " ${DEFAULT-VALUE}).")
  private int maxQueuedRequests = 1000;

  @Option(
      names = "--request-timeout",
      paramLabel = "TIME",
      defaultValue = "600",
      description =
          "How long an answer may take, in seconds or with a unit such as 10m (default:"
              + " ${DEFAULT-VALUE}).")
  private String requestTimeout = "600";

  @Option(
      names = "--reply-partition",
      paramLabel = "N",
      description =
          "Partition of the reply topic to read (default: the ordinal at the end of HOSTNAME, else"
              + " any).")
  private @Nullable Integer replyPartition;

  /** Sets the address, for callers without a command line; port 0 is any free one. */
  public ApiOptions at(String newHost, int newPort) {
    host = newHost;
    port = newPort;
    return this;
  }

  /** Sets the limits, for callers without a command line. */
  public ApiOptions limitedTo(int queuedRequests, Duration timeout) {
    maxQueuedRequests = queuedRequests;
    requestTimeout = timeout.toString();
    return this;
  }

  public String host() {
    return host;
  }

  public int maxQueuedRequests() {
    return maxQueuedRequests;
  }

  public Duration requestTimeout() {
    try {
      return DurationStyle.detectAndParse(requestTimeout, ChronoUnit.SECONDS);
    } catch (IllegalArgumentException e) {
      throw new Invalid(
          "--request-timeout",
          "--request-timeout must be seconds or a time such as 10m, but is \"%s\""
              .formatted(requestTimeout));
    }
  }

  public @Nullable Integer replyPartition() {
    return replyPartition;
  }

  /** Begins with a slash and ends without one; empty for none. */
  public String rootPath() {
    String trimmed = rootPath.replaceAll("^/+|/+$", "");
    return trimmed.isEmpty() ? "" : "/" + trimmed;
  }

  /**
   * Refuses what cannot work, before anything is started.
   *
   * @throws Invalid or {@link StartFailure} naming flag, value, and what is allowed
   */
  public void validate() {
    Invalid.unlessBetween("--port", port, 0, 65_535);
    Invalid.unlessAtLeast("--max-queued-requests", maxQueuedRequests, 1);
    Invalid.unlessAtLeast("--request-timeout", requestTimeout().toMillis() / 1000.0, 0.001);
    if (responseRole.isBlank()) {
      throw new Invalid("--response-role", "--response-role must not be empty");
    }
    if ((sslKeyfile == null) != (sslCertfile == null)) {
      throw new StartFailure("--ssl-keyfile and --ssl-certfile are given together or not at all");
    }
    requirePem("--ssl-keyfile", sslKeyfile, PemContent::getPrivateKey);
    requirePem("--ssl-certfile", sslCertfile, PemContent::getCertificates);
    try {
      InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new StartFailure(
          "--host must be an address of this machine, but is \"%s\"".formatted(host), e);
    }
  }

  private static void requirePem(
      String flag, @Nullable Path file, Function<PemContent, @Nullable Object> part) {
    try {
      if (file != null && part.apply(PemContent.load(file)) == null) {
        throw new IllegalStateException("it holds none");
      }
    } catch (IOException | IllegalStateException e) {
      throw new StartFailure("%s: cannot read %s as PEM: %s".formatted(flag, file, e), e);
    }
  }

  /** As Spring Boot's settings. */
  Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("server.address", host);
    properties.put("server.port", Integer.toString(port));
    properties.put("millrace.response-role", responseRole);
    properties.put("millrace.root-path", rootPath());
    if (sslKeyfile != null && sslCertfile != null) {
      properties.put("server.ssl.certificate", sslCertfile.toUri().toString());
      properties.put("server.ssl.certificate-private-key", sslKeyfile.toUri().toString());
    }
    return properties;
  }

  /** {@code https} if it has a certificate. */
  String scheme() {
    return sslCertfile == null ? "http" : "https";
  }
}
