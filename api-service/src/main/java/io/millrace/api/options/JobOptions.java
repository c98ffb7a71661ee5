package io.millrace.api.options;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of jobs: how many are kept, and who may be told of their ends. */
public final class JobOptions {
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");
  private static final String SECRET_PREFIX = "whsec_";
  private static final int SHORTEST_SECRET = 24;
  private static final int LONGEST_SECRET = 64;

  @Option(
      names = "--max-jobs",
      paramLabel = "N",
      defaultValue = "200000",
      description =
          "Jobs that are kept; past that the oldest that have ended are forgotten, and none is taken"
              + " while none has ended (default: ${DEFAULT-VALUE}).")
  private int maxJobs = 200_000;

  @Option(
      names = "--callback-hosts",
      paramLabel = "HOST[:PORT]",
      split = ",",
      description =
          "Hosts that a job's callback_url may name, separated by commas (default: none). Without a"
              + " port, the usual one of http or https.")
  private List<String> callbackHosts = List.of();

  @Option(
      names = "--callback-secret",
      paramLabel = "SECRET",
      description =
          "The secret that callbacks are signed with, as Standard Webhooks have it: whsec_ and 24 to"
              + " 64 bytes in base64.")
  private @Nullable String callbackSecret;

  @Option(
      names = "--callback-retry",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description =
          "How long a callback that was not taken waits before it is sent again; each time twice as"
              + " long, up to an hour (default: ${DEFAULT-VALUE}).")
  private Duration callbackRetry = Duration.ofSeconds(5);

  @Option(
      names = "--callback-timeout",
      paramLabel = "TIME",
      defaultValue = "1d",
      converter = DurationConverter.class,
      description =
          "How long after a job's end its callback is given up (default: ${DEFAULT-VALUE}).")
  private Duration callbackTimeout = Duration.ofDays(1);

  /** How many jobs are kept. */
  public int maxJobs() {
    return maxJobs;
  }

  /** The hosts that may be called back. */
  public CallbackHosts callbackHosts() {
    return new CallbackHosts(callbackHosts);
  }

  /** What callbacks are signed with; empty if there are none. */
  public byte[] callbackSecret() {
    return callbackSecret == null ? new byte[0] : secret(callbackSecret);
  }

  /** How long a callback waits before it is sent the second time. */
  public Duration callbackRetry() {
    return callbackRetry;
  }

  /** How long after a job's end its callback is given up. */
  public Duration callbackTimeout() {
    return callbackTimeout;
  }

  void validate() {
    Flags.requireAtLeast("--max-jobs", 1, maxJobs);
    for (String host : callbackHosts) {
      Flags.require(
          HOST.matcher(host).matches(), "--callback-hosts", "HOST or HOST:PORT", '"' + host + '"');
    }
    if (!callbackHosts.isEmpty() && callbackSecret == null) {
      throw new StartFailure("--callback-hosts needs --callback-secret");
    }
    if (callbackSecret != null) {
      secret(callbackSecret);
    }
    requirePositive("--callback-retry", callbackRetry);
    requirePositive("--callback-timeout", callbackTimeout);
  }

  private static void requirePositive(String flag, Duration time) {
    Flags.require(time.compareTo(Duration.ofMillis(1)) >= 0, flag, "at least 1ms", time);
  }

  /** Is not repeated in the refusal, which goes to the log. */
  private static byte[] secret(String text) {
    try {
      String base64 = text.startsWith(SECRET_PREFIX) ? text.substring(SECRET_PREFIX.length()) : "";
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length >= SHORTEST_SECRET && bytes.length <= LONGEST_SECRET) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new StartFailure(
        "--callback-secret must be whsec_ and %d to %d bytes in base64"
            .formatted(SHORTEST_SECRET, LONGEST_SECRET));
  }
}
