package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request says for its asker alone: it stands in every reply as it came.
 *
 * @param metadata any JSON, of at most 4096 bytes
 * @param traceparent of W3C Trace Context, such as {@code
 *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}; of a request that has none here,
 *     the record's header of that name. Replies have it as a header, too
 */
@JsonInclude(Include.NON_NULL)
public record Echo(@Forms(Object.class) @Nullable JsonNode metadata, @Nullable String traceparent) {
  /** Nothing. */
  public static final Echo NONE = new Echo(null, null);

  /** The header, in HTTP and in Kafka, that is a request's traceparent, and its replies'. */
  public static final String TRACE_HEADER = "traceparent";

  /** It comes with every token. */
  static final int MOST_METADATA_BYTES = 4096;

  private static final Pattern TRACE =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
              + "(-[0-9a-z-]{1,64})?");

  public Echo {
    metadata = metadata == null || metadata.isNull() ? null : metadata;
    if (metadata != null) {
      int bytes = JsonRecords.MAPPER.writeValueAsBytes(metadata).length;
      if (bytes > MOST_METADATA_BYTES) {
        throw new Invalid(
            "metadata",
            "metadata may have at most %d bytes as JSON, but has %d"
                .formatted(MOST_METADATA_BYTES, bytes));
      }
    }
    if (traceparent != null && !isTraceparent(traceparent)) {
      throw new Invalid(
          "traceparent",
          "traceparent must be like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01,"
              + " but is \"%s\"".formatted(Excerpt.of(traceparent)));
    }
  }

  /** What a trace alone says; {@link #NONE} if there is none. */
  public static Echo ofTrace(@Nullable String traceparent) {
    return traceparent == null ? NONE : new Echo(null, traceparent);
  }

  /** The same in another span of the trace; itself if there is none. */
  public Echo within(@Nullable String span) {
    return span == null ? this : new Echo(metadata, span);
  }

  /** Whether W3C Trace Context allows that text. */
  public static boolean isTraceparent(String text) {
    return TRACE.matcher(text).matches();
  }

  /** Adds its fields to those of a reply. */
  void addTo(ObjectNode reply) {
    if (metadata != null) {
      reply.set("metadata", metadata);
    }
    if (traceparent != null) {
      reply.put("traceparent", traceparent);
    }
  }
}
