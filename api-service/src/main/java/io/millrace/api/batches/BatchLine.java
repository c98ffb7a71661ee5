package io.millrace.api.batches;

import io.millrace.api.batches.LineReader.Line;
import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request of a batch.
 *
 * @param number of its line, from 1
 * @param customId by which the client knows it
 * @param body as the endpoint takes it
 */
record BatchLine(int number, String customId, JsonNode body) {
  private static final Set<String> NAMES = Set.of("custom_id", "method", "url", "body");
  private static final int LONGEST_ID = 512;

  /**
   * Reads a line.
   *
   * @param endpoint of the batch
   * @throws LineError.Found if it is no request for that
   */
  static BatchLine of(Line line, String endpoint) {
    if (line.tooLong()) {
      throw new LineError.Found(
          "line_too_long",
          null,
          "a line may have at most %d bytes".formatted(line.content().length));
    }
    JsonBody sent = parse(line.content());
    try {
      refuseUnknown(sent);
      String customId = customId(sent);
      require(sent, "method", "POST", "invalid_method");
      require(sent, "url", endpoint, "invalid_url");
      if (sent.object("body") == null) {
        throw missing("body");
      }
      return new BatchLine(line.number(), customId, Objects.requireNonNull(sent.node("body")));
    } catch (Invalid wrong) {
      throw new LineError.Found("invalid_type", wrong.param(), String.valueOf(wrong.getMessage()));
    }
  }

  private static JsonBody parse(byte[] content) {
    try {
      return JsonBody.parse(content);
    } catch (Invalid wrong) {
      throw new LineError.Found("invalid_json_line", null, String.valueOf(wrong.getMessage()));
    }
  }

  private static void refuseUnknown(JsonBody sent) {
    try {
      sent.requireOnly("a line", NAMES);
    } catch (Invalid unknown) {
      throw new LineError.Found(
          "unknown_parameter", unknown.param(), String.valueOf(unknown.getMessage()));
    }
  }

  private static String customId(JsonBody sent) {
    String id = sent.get("custom_id", String.class);
    if (id == null || id.isEmpty()) {
      throw missing("custom_id");
    }
    if (id.length() > LONGEST_ID) {
      throw new LineError.Found(
          "invalid_custom_id",
          "custom_id",
          "custom_id may have at most %d characters, but has %d"
              .formatted(LONGEST_ID, id.length()));
    }
    return id;
  }

  private static void require(JsonBody sent, String field, String value, String code) {
    String said = sent.get(field, String.class);
    if (said == null) {
      throw missing(field);
    }
    if (!said.equals(value)) {
      throw new LineError.Found(
          code,
          field,
          "%s must be \"%s\" in this batch, but is \"%s\""
              .formatted(field, value, Excerpt.of(said)));
    }
  }

  private static LineError.Found missing(String field) {
    return new LineError.Found("missing_required_parameter", field, field + " is required");
  }

  /** The model that it names; null for the one that is served anyway, or what is no name. */
  @Nullable String model() {
    JsonNode model = body.get("model");
    return model != null && model.isString() ? model.stringValue() : null;
  }
}
