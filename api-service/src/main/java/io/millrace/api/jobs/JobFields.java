package io.millrace.api.jobs;

import io.millrace.api.body.JsonBody;
import io.millrace.cli.DurationConverter;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.ServiceTier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/**
 * What a client says of a job.
 *
 * @param endpoint that the body is for
 * @param body as that endpoint takes it
 * @param completionWindow how long the answer is wanted
 * @param metadata the client's own; null for none
 * @param callbackUrl who is told of the end; null for nobody
 */
public record JobFields(
    String endpoint,
    JsonBody body,
    RequestClass requestClass,
    Duration completionWindow,
    @Nullable JsonNode metadata,
    @Nullable String callbackUrl) {
  /** The names of the fields. */
  static final Set<String> NAMES =
      Set.of("endpoint", "body", "class", "completion_window", "metadata", "callback_url");

  private static final Duration LONGEST = TopicProvisioner.REQUEST_RETENTION;
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final int MOST_METADATA_BYTES = 16 * 1024;
  private static final int LONGEST_URL = 2048;

  /**
   * Reads a job.
   *
   * @throws Invalid naming the field at fault
   */
  static JobFields of(JsonBody sent) {
    sent.requireOnly("a job", NAMES);
    String endpoint = sent.require("endpoint", String.class);
    if (sent.object("body") == null) {
      throw new Invalid("body", "body is required: what is sent to " + Excerpt.of(endpoint));
    }
    String window = sent.get("completion_window", String.class);
    JsonNode body = Objects.requireNonNull(sent.node("body"));
    return new JobFields(
        endpoint,
        parse(body),
        requestClass(sent.get("class", String.class)),
        window == null ? LONGEST : window(window),
        metadata(sent),
        url(sent.get("callback_url", String.class)));
  }

  /** A body by itself, so that errors name its fields as its endpoint does. */
  public static JsonBody parse(JsonNode body) {
    return JsonBody.parse(body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static RequestClass requestClass(@Nullable String label) {
    if (label == null) {
      return RequestClass.INTERACTIVE;
    }
    for (RequestClass each : RequestClass.values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    throw new Invalid(
        "class",
        "class must be \"interactive\" or \"batch\", but is \"%s\"".formatted(Excerpt.of(label)));
  }

  /**
   * How long answers are wanted, of what a client says.
   *
   * @throws Invalid if it is no time, or a job may not wait that long
   */
  public static Duration window(String text) {
    Duration window = duration(text);
    if (window == null || window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
      throw new Invalid(
          "completion_window",
          "completion_window must be a time from 1s to %dh, such as 30m, but is \"%s\""
              .formatted(LONGEST.toHours(), Excerpt.of(text)));
    }
    return window;
  }

  private static @Nullable Duration duration(String text) {
    try {
      return new DurationConverter().convert(text.toLowerCase(Locale.ROOT));
    } catch (TypeConversionException e) {
      return null;
    }
  }

  private static @Nullable JsonNode metadata(JsonBody sent) {
    if (sent.object("metadata") == null) {
      return null;
    }
    JsonNode metadata = Objects.requireNonNull(sent.node("metadata"));
    int size = metadata.toString().getBytes(StandardCharsets.UTF_8).length;
    if (size > MOST_METADATA_BYTES) {
      throw new Invalid(
          "metadata",
          "metadata may have at most %d bytes as JSON, but has %d"
              .formatted(MOST_METADATA_BYTES, size));
    }
    return metadata;
  }

  private static @Nullable String url(@Nullable String text) {
    if (text != null && text.length() > LONGEST_URL) {
      throw new Invalid(
          "callback_url",
          "callback_url may have at most %d characters, but has %d"
              .formatted(LONGEST_URL, text.length()));
    }
    return text;
  }

  /** The class of its queue, which is that of batches as well if its body asks for that tier. */
  RequestClass requestClass(ServiceTier tier) {
    return requestClass == RequestClass.BATCH ? requestClass : tier.requestClass();
  }

  /** The same JSON for whatever is the same question, by which two submissions are compared. */
  String canonical() {
    return "%s %s %s %s %s %s"
        .formatted(
            endpoint,
            CanonicalJson.of(body.sent()),
            requestClass.label(),
            completionWindow,
            metadata == null ? "" : CanonicalJson.of(metadata),
            callbackUrl == null ? "" : callbackUrl);
  }
}
