package io.millrace.models.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON beside and within the files of a checkpoint, with sizes bounded before it is parsed. */
final class JsonFiles {
  private static final int MAX_OBJECT_BYTES = 1 << 20;

  /** Python writes NaN and Infinity, and published configurations hold them. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Keeps no table of the names it meets, because a hostile header is made of nothing else. */
  private static final JsonFactory WALKED =
      JsonFactory.builder().disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES).build();

  /** What walks a document token by token. */
  @FunctionalInterface
  interface Walk {
    void over(JsonParser parser);
  }

  private JsonFiles() {}

  static ObjectNode empty() {
    return JSON.createObjectNode();
  }

  /** A file that is one object. */
  static ObjectNode object(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_OBJECT_BYTES) {
        throw new BadCheckpoint(
            file, "has %d bytes; the limit is %d".formatted(size, MAX_OBJECT_BYTES));
      }
      JsonNode node = JSON.readTree(Files.readAllBytes(file));
      if (!node.isObject()) {
        throw new BadCheckpoint(file, "must be a JSON object");
      }
      return (ObjectNode) node;
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(file, e);
    } catch (JacksonException e) {
      throw invalid(file, "", e);
    }
  }

  /**
   * Walks over the single object that a part of a file is.
   *
   * @param part what the messages call it, such as "header "; empty for the whole file
   * @param walk begins behind the opening brace and ends on the closing one
   */
  static void walk(MappedFile file, String part, long offset, long length, Walk walk) {
    try (JsonParser parser =
        WALKED.createParser(
            ObjectReadContext.empty(), new ByteBufferInput(file.map(offset, length)))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new BadCheckpoint(file.path(), part + "must be a JSON object");
      }
      walk.over(parser);
      if (parser.nextToken() != null) {
        throw new BadCheckpoint(file.path(), part + "goes on after its JSON object");
      }
    } catch (JacksonException e) {
      throw invalid(file.path(), part, e);
    }
  }

  private static BadCheckpoint invalid(Path file, String part, JacksonException e) {
    return new BadCheckpoint(file, part + "is not valid JSON: " + e.getOriginalMessage(), e);
  }
}
