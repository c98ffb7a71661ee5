package io.millrace.api.options;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of who may ask, and of how long a request may wait for a worker. */
public final class AdmissionOptions {
  private static final Pattern KEY = Pattern.compile("\\S{1,512}");

  /** The order in which requests go into the queue. */
  public enum SchedulingPolicy {
    /** As they come; what is urgent overtakes on a worker alone. */
    FCFS,
    /** By tenants' turns, tier and priority. */
    PRIORITY
  }

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      split = ",",
      description =
          "Keys, separated by commas, of which each request must have one: \"Authorization: Bearer"
              + " KEY\" or \"x-api-key: KEY\" (default: none is asked for). Others see the flags of a"
              + " command; better MILLRACE_API_KEY, or --api-key-file.")
  private List<String> apiKeys = List.of();

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description =
          "YAML or JSON file of tenants, with their keys, weights and limits; read again whenever it"
              + " changes.")
  private @Nullable Path apiKeyFile;

  @Option(
      names = "--scheduling-policy",
      paramLabel = "POLICY",
      description =
          "Whether requests wait in the api for their turn by tenant and priority (priority), or go"
              + " into the queue as they come (fcfs), so that what is urgent overtakes on a worker"
              + " alone (default: priority with --api-key-file, else fcfs).")
  private @Nullable SchedulingPolicy schedulingPolicy;

  @Option(
      names = "--max-wait",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "A request that can be expected to wait longer for a worker is refused with 429 (default:"
              + " as long as it waits for the beginning of its answer).")
  private @Nullable Duration maxWait;

  /** Keys of one tenant. */
  public List<String> apiKeys() {
    return apiKeys;
  }

  /** The file of tenants; null for none. */
  public @Nullable Path apiKeyFile() {
    return apiKeyFile;
  }

  /** Whether requests wait in the api for their turn. */
  public boolean takesTurns() {
    return schedulingPolicy == null
        ? apiKeyFile != null
        : schedulingPolicy == SchedulingPolicy.PRIORITY;
  }

  /** How long a request may wait for a worker; null for as long as for its answer. */
  public @Nullable Duration maxWait() {
    return maxWait;
  }

  /** Refuses what cannot work. A key is not repeated: refusals go to the log. */
  void validate() {
    for (String key : apiKeys) {
      Flags.require(
          KEY.matcher(key).matches(),
          "--api-key",
          "keys of 1 to 512 characters without spaces, separated by commas",
          key.length() + " characters");
    }
    Flags.require(maxWait == null || !maxWait.isNegative(), "--max-wait", "0 or more", maxWait);
  }
}
