package io.millrace.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/**
 * The head of a record that cannot be read as a request: its id, its reply address and what comes
 * back with replies, found in one pass that keeps nothing else, however large the record is, and
 * however it goes on.
 */
final class RequestHead {
  private static final int LONGEST_ID = 128;

  /** With no limit on how many values it passes over. */
  private static final JsonFactory FACTORY = new JsonFactory();

  private final byte[] value;
  private final RequestDefaults defaults;
  private String id;
  private @Nullable ReplyAddress reply;
  private @Nullable JsonNode metadata;
  private @Nullable String traceparent;

  private RequestHead(byte[] value, RequestDefaults defaults) {
    this.value = value;
    this.defaults = defaults;
    this.id = defaults.id().get();
    this.traceparent = defaults.traceparent();
    String topic = defaults.replyTopic();
    this.reply = topic == null ? null : new ReplyAddress(topic, null);
  }

  /**
   * Looks for it.
   *
   * @param value JSON without a frame
   */
  static RequestHead of(byte[] value, RequestDefaults defaults) {
    RequestHead head = new RequestHead(value, defaults);
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), value)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return head;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        head.take(field, parser);
        parser.skipChildren();
      }
    } catch (JacksonException | StackOverflowError brokenOff) {
      // What came before counts.
    }
    return head;
  }

  /** As the record says it, or else the default. */
  String id() {
    return id;
  }

  /** Null if there is none that could be written to, and no default. */
  @Nullable ReplyAddress reply() {
    return reply;
  }

  Echo echo() {
    return new Echo(metadata, traceparent);
  }

  private void take(String field, JsonParser parser) {
    switch (field) {
      case "id" -> {
        String text = StrictScalar.STRING.read(parser);
        id = text == null || text.length() > LONGEST_ID ? id : text;
      }
      case "traceparent" -> {
        String text = StrictScalar.STRING.read(parser);
        traceparent = text == null || !Echo.isTraceparent(text) ? traceparent : text;
      }
      case "metadata" -> metadata = smallValue(parser);
      case "reply" -> takeAddress(parser);
      default -> {}
    }
  }

  /** The value at which the parser is; null if it is too large to come back. */
  private @Nullable JsonNode smallValue(JsonParser parser) {
    long begin = parser.currentTokenLocation().getByteOffset();
    parser.finishToken();
    parser.skipChildren();
    long end = parser.currentLocation().getByteOffset();
    if (end - begin > Echo.MOST_METADATA_BYTES) {
      return null;
    }
    JsonNode small = JsonRecords.MAPPER.readTree(Arrays.copyOfRange(value, (int) begin, (int) end));
    try {
      return new Echo(small, null).metadata();
    } catch (Invalid larger) {
      // Another spelling of the same JSON.
      return null;
    }
  }

  private void takeAddress(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return;
    }
    String topic = defaults.replyTopic();
    Integer partition = null;
    String key = null;
    Boolean stored = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "topic" -> topic = StrictScalar.STRING.read(parser);
        case "partition" -> partition = StrictScalar.INTEGER.read(parser);
        case "key" -> key = StrictScalar.STRING.read(parser);
        case "stored" -> stored = StrictScalar.BOOLEAN.read(parser);
        default -> {}
      }
      parser.skipChildren();
    }
    try {
      boolean job = Boolean.TRUE.equals(stored);
      reply = topic == null ? reply : new ReplyAddress(topic, partition, key, null, job);
    } catch (Invalid unusable) {
      // The default, if there is one, tells it all the same.
    }
  }
}
