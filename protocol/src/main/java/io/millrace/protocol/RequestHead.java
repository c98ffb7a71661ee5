package io.millrace.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The head of a record that cannot be read as a request: its id and its reply address, found in one
 * pass that keeps nothing else, however large the record is, and however it goes on.
 *
 * @param id null if there is none that could be told
 * @param reply null if there is none that could be written to
 */
record RequestHead(@Nullable String id, @Nullable ReplyAddress reply) {
  private static final int LONGEST_ID = 128;

  /** With no limit on how many values it passes over. */
  private static final JsonFactory FACTORY = new JsonFactory();

  static RequestHead of(byte[] value) {
    RequestHead head = new RequestHead(null, null);
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), value)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return head;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        head = head.with(field, parser);
        parser.skipChildren();
      }
    } catch (JacksonException | StackOverflowError brokenOff) {
      // What came before counts.
    }
    return head;
  }

  private RequestHead with(String field, JsonParser parser) {
    return switch (field) {
      case "id" -> new RequestHead(id(parser), reply);
      case "reply" -> new RequestHead(id, address(parser));
      default -> this;
    };
  }

  private static @Nullable String id(JsonParser parser) {
    String text = StrictScalar.STRING.read(parser);
    return text == null || text.length() > LONGEST_ID ? null : text;
  }

  private static @Nullable ReplyAddress address(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return null;
    }
    String topic = null;
    Integer partition = null;
    Boolean stored = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      if (field.equals("topic")) {
        topic = StrictScalar.STRING.read(parser);
      } else if (field.equals("partition")) {
        partition = StrictScalar.INTEGER.read(parser);
      } else if (field.equals("stored")) {
        stored = StrictScalar.BOOLEAN.read(parser);
      }
      parser.skipChildren();
    }
    try {
      return topic == null
          ? null
          : new ReplyAddress(topic, partition, null, Boolean.TRUE.equals(stored));
    } catch (Invalid unusable) {
      return null;
    }
  }
}
