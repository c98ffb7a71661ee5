package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON objects among a model's files. */
final class JsonFile {
  private static final JsonMapper JSON = JsonMapper.shared();

  private JsonFile() {}

  /**
   * Reads an object; a file that is not there is an empty one.
   *
   * @throws BadCheckpoint if the file holds anything else
   */
  static ObjectNode read(Path file) {
    if (!Files.isRegularFile(file)) {
      return JSON.createObjectNode();
    }
    JsonNode node;
    try {
      node = JSON.readTree(text(file));
    } catch (JacksonException e) {
      throw new BadCheckpoint(file, "is not valid JSON: " + e.getOriginalMessage());
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new BadCheckpoint(file, "must hold a JSON object");
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new BadCheckpoint(file, "cannot be read: " + e);
    }
  }
}
