package io.millrace.api.options;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.service.ListenAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.pem.PemContent;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of the api: where it listens, how it is seen, and how much it takes on. */
public final class ApiOptions {
  private static final Pattern PATH = Pattern.compile("[/A-Za-z0-9._~-]*");

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
      converter = DurationConverter.class,
      description =
          "How long an answer that is not streamed may take, in seconds or with a unit such as 10m"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration requestTimeout = Duration.ofMinutes(10);

  @Option(
      names = "--broker-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description =
          "How long a request waits while no broker answers; then it is refused with 503 (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration brokerTimeout = Duration.ofSeconds(30);

  @Option(
      names = "--shutdown-timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description =
          "How long open answers may go on when the api is told to stop; then streams are cut, to"
              + " be resumed elsewhere, and others end with 503 (default: ${DEFAULT-VALUE}).")
  private Duration shutdownTimeout = Duration.ofSeconds(30);

  @Option(
      names = "--model-retention",
      paramLabel = "TIME",
      defaultValue = "7d",
      converter = DurationConverter.class,
      description =
          "How long a model other than --model can still be asked when its last worker is gone, and"
              + " requests wait for one to come back; 0 for not at all (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration modelRetention = Duration.ofDays(7);

  @Mixin private StreamOptions streams = new StreamOptions();
  @Mixin private JobOptions jobs = new JobOptions();
  @Mixin private BatchOptions batches = new BatchOptions();
  @Mixin private AdmissionOptions admission = new AdmissionOptions();
  @Mixin private ConnectionOptions connections = new ConnectionOptions();
  @Mixin private CorsOptions cors = new CorsOptions();

  @Option(
      names = "--reply-partition",
      paramLabel = "N",
      description =
          "Partition of the reply topic to read (default: the ordinal at the end of HOSTNAME, else"
              + " any).")
  private @Nullable Integer replyPartition;

  /** The role that answers in chats. */
  public String responseRole() {
    return responseRole;
  }

  /** How many requests may wait for a worker. */
  public int maxQueuedRequests() {
    return maxQueuedRequests;
  }

  /** How long an answer that is not streamed may take. */
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /** How long a request waits while no broker answers. */
  public Duration brokerTimeout() {
    return brokerTimeout;
  }

  /** How long open answers may go on when the service stops. */
  public Duration shutdownTimeout() {
    return shutdownTimeout;
  }

  /** How long a model is known when its last worker is gone. */
  public Duration modelRetention() {
    return modelRetention;
  }

  /** What streams do while they wait. */
  public StreamOptions streams() {
    return streams;
  }

  /** How many jobs are kept, and who is told of their ends. */
  public JobOptions jobs() {
    return jobs;
  }

  /** Where files and batches are kept. */
  public BatchOptions batches() {
    return batches;
  }

  /** Who may ask, and how long requests may wait. */
  public AdmissionOptions admission() {
    return admission;
  }

  /** What its connections may do. */
  public ConnectionOptions connections() {
    return connections;
  }

  /** Which web pages may ask. */
  public CorsOptions cors() {
    return cors;
  }

  /** The partition of the reply topic to read; null to choose one. */
  public @Nullable Integer replyPartition() {
    return replyPartition;
  }

  /** Begins with a slash and ends without one; empty for none. */
  public String rootPath() {
    String trimmed = rootPath.replaceAll("^/+|/+$", "");
    return trimmed.isEmpty() ? "" : "/" + trimmed;
  }

  /** Where the service listens. */
  public ListenAddress address() {
    return new ListenAddress("--host", host, "--port", port);
  }

  /** Where the service is seen, such as {@code https://127.0.0.1:8000/llm}, at that port. */
  public String url(int actualPort) {
    String scheme = sslCertfile == null ? "http" : "https";
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return "%s://%s:%d%s".formatted(scheme, bracketed, actualPort, rootPath());
  }

  /** Key and certificate as Spring Boot's settings; empty for HTTP. */
  public Map<String, String> ssl() {
    return sslCertfile == null || sslKeyfile == null
        ? Map.of()
        : Map.of(
            "server.ssl.certificate", sslCertfile.toUri().toString(),
            "server.ssl.certificate-private-key", sslKeyfile.toUri().toString());
  }

  /**
   * Refuses what cannot work, before anything is started.
   *
   * @throws StartFailure naming flag, value, and what is allowed
   */
  public void validate() {
    Flags.require(port >= 0 && port <= 65_535, "--port", "between 0 and 65535", port);
    Flags.requireAtLeast("--max-queued-requests", 1, maxQueuedRequests);
    Flags.require(
        requestTimeout.compareTo(Duration.ofMillis(1)) >= 0,
        "--request-timeout",
        "at least 1ms",
        requestTimeout);
    Flags.require(
        requestTimeout.compareTo(TopicProvisioner.REQUEST_RETENTION) <= 0,
        "--request-timeout",
        "at most %d h, as long as a request is kept"
            .formatted(TopicProvisioner.REQUEST_RETENTION.toHours()),
        requestTimeout);
    Flags.require(!brokerTimeout.isNegative(), "--broker-timeout", "0 or more", brokerTimeout);
    Flags.require(
        !shutdownTimeout.isNegative(), "--shutdown-timeout", "0 or more", shutdownTimeout);
    Flags.require(!modelRetention.isNegative(), "--model-retention", "0 or more", modelRetention);
    streams.validate();
    jobs.validate();
    batches.validate();
    admission.validate();
    connections.validate();
    cors.validate();
    Flags.require(
        !responseRole.isBlank(),
        "--response-role",
        "a name such as assistant",
        '"' + responseRole + '"');
    Flags.requireAddress("--host", host);
    Flags.require(
        PATH.matcher(rootPath).matches(),
        "--root-path",
        "a path such as /llm",
        '"' + rootPath + '"');
    Flags.requireAtLeast("--reply-partition", 0, replyPartition);
    if ((sslKeyfile == null) != (sslCertfile == null)) {
      throw new StartFailure("--ssl-keyfile and --ssl-certfile are given together or not at all");
    }
    requirePem("--ssl-keyfile", sslKeyfile, PemContent::getPrivateKey);
    requirePem("--ssl-certfile", sslCertfile, PemContent::getCertificates);
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
}
