package io.millrace.api.batches;

import io.millrace.api.body.JsonBody;
import io.millrace.api.files.ExpiresAfter;
import io.millrace.api.jobs.JobFields;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of a batch.
 *
 * @param window as it was said
 * @param metadata the client's own; null for none
 * @param outputKept how long what it gives back is kept; null for ever
 */
record BatchFields(
    String inputFileId,
    String endpoint,
    String window,
    Duration completionWindow,
    @Nullable Map<String, String> metadata,
    @Nullable Duration outputKept) {
  private static final Set<String> NAMES =
      Set.of("input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after");
  private static final int MOST_PAIRS = 16;
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_VALUE = 512;

  /**
   * Reads a batch.
   *
   * @throws Invalid naming the field at fault
   */
  static BatchFields of(JsonBody sent) {
    sent.requireOnly("a batch", NAMES);
    String window = sent.require("completion_window", String.class);
    return new BatchFields(
        sent.require("input_file_id", String.class),
        sent.require("endpoint", String.class),
        window,
        JobFields.window(window),
        metadata(sent.object("metadata")),
        ExpiresAfter.of(sent, "output_expires_after"));
  }

  private static @Nullable Map<String, String> metadata(@Nullable JsonBody sent) {
    if (sent == null) {
      return null;
    }
    Map<String, String> metadata = new TreeMap<>();
    for (String key : sent.sent().propertyNames()) {
      limit("a key of metadata", key, LONGEST_KEY);
      String value = Objects.requireNonNullElse(sent.get(key, String.class), "");
      limit(sent.name(Excerpt.of(key)), value, LONGEST_VALUE);
      metadata.put(key, value);
    }
    if (metadata.size() > MOST_PAIRS) {
      throw new Invalid(
          "metadata",
          "metadata may have at most %d pairs, but has %d".formatted(MOST_PAIRS, metadata.size()));
    }
    return metadata;
  }

  private static void limit(String what, String text, int most) {
    if (text.length() > most) {
      throw new Invalid(
          "metadata",
          "%s may have at most %d characters, but has %d".formatted(what, most, text.length()));
    }
  }
}
