package io.millrace.models.weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The index of a checkpoint in shards, such as {@code model.safetensors.index.json}: which file
 * each tensor lies in. Read token by token, so that its size costs no memory.
 */
final class ShardIndex {
  private static final int MAX_BYTES = 1 << 26;
  private static final int MAX_TENSORS = 1 << 18;

  private ShardIndex() {}

  /** File names by tensor. */
  static Map<String, String> read(Path index) {
    Map<String, String> files = new LinkedHashMap<>();
    try (MappedFile file = MappedFile.open(index)) {
      if (file.size() > MAX_BYTES) {
        throw new BadCheckpoint(
            index, "has %d bytes; the limit is %d".formatted(file.size(), MAX_BYTES));
      }
      JsonFiles.walk(file, "", 0, file.size(), parser -> readWeightMap(index, parser, files));
    }
    if (files.isEmpty()) {
      throw new BadCheckpoint(index, "has no weight_map that names a tensor");
    }
    return files;
  }

  private static void readWeightMap(Path index, JsonParser parser, Map<String, String> files) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean weightMap = parser.currentName().equals("weight_map");
      if (parser.nextToken() != JsonToken.START_OBJECT || !weightMap) {
        parser.skipChildren();
        continue;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_STRING || files.size() == MAX_TENSORS) {
          throw new BadCheckpoint(
              index,
              "must map each of at most %d tensors to a file's name; %s is where it does not"
                  .formatted(MAX_TENSORS, name));
        }
        if (files.put(name, parser.getString()) != null) {
          throw new BadCheckpoint(index, "names tensor %s twice".formatted(name));
        }
      }
    }
  }
}
