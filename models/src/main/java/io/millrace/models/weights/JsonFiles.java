package io.millrace.models.weights;

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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the JSON of a model: the files beside its weights and the headers within them. Sizes are
 * bounded before anything is parsed.
 */
public final class JsonFiles {
  private static final long MAX_CONFIG_BYTES = 1 << 20;

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

  /**
   * A configuration: a file of at most a megabyte that is one object.
   *
   * @throws BadCheckpoint if the file holds anything else
   */
  public static ObjectNode config(Path file) {
    return object(file, MAX_CONFIG_BYTES);
  }

  /**
   * A configuration that a model may lack; it is an empty object then.
   *
   * @throws BadCheckpoint if the file holds anything else
   */
  public static ObjectNode optionalConfig(Path file) {
    return optionalObject(file, MAX_CONFIG_BYTES);
  }

  /**
   * An object that a model may lack; it is an empty one then.
   *
   * @throws BadCheckpoint if the file holds anything else, or is larger than the limit
   */
  public static ObjectNode optionalObject(Path file, long maxBytes) {
    return Files.isRegularFile(file) ? object(file, maxBytes) : empty();
  }

  /**
   * A file that is one object.
   *
   * @throws BadCheckpoint if the file holds anything else, or is larger than the limit
   */
  public static ObjectNode object(Path file, long maxBytes) {
    byte[] bytes = BoundedFiles.bytes(file, maxBytes);
    try {
      if (JSON.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
      throw new BadCheckpoint(file, "must be a JSON object");
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
