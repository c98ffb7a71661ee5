package io.millrace.models.weights;

import io.millrace.testing.SafetensorsWriter;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Folders in which the files do not fit together. */
final class DamagedFolders {
  private static final String INDEX = "model.safetensors.index.json";
  private static final String FIRST = "model-00001-of-00003.safetensors";
  private static final TinyCheckpoint TINY = TinyCheckpoint.llama().withLayers(1);

  private DamagedFolders() {}

  static Stream<Damage> cases() {
    return Stream.concat(folders(), shards());
  }

  private static Stream<Damage> folders() {
    return Stream.of(
        folder(
            "no weights",
            "holds no weights; looked for",
            folder -> TINY.writeAllButWeights(folder)),
        folder(
            "no configuration",
            "has no config.json",
            folder -> Files.delete(TINY.writeTo(folder).resolve("config.json"))),
        folder(
            "a configuration that is no JSON",
            "config.json: is not valid JSON",
            folder -> Files.writeString(TINY.writeTo(folder).resolve("config.json"), "{\"a\": ")),
        folder(
            "a configuration that is a list",
            "must be a JSON object",
            folder -> Files.writeString(TINY.writeTo(folder).resolve("config.json"), "[]")),
        folder(
            "a configuration of two megabytes",
            "the limit is",
            folder ->
                Files.writeString(
                    TINY.writeTo(folder).resolve("config.json"), "[".repeat(1 << 21))),
        folder(
            "two GGUF models",
            "name one of these files: a.gguf, b.gguf",
            folder -> {
              Files.write(folder.resolve("a.gguf"), DamagedGguf.valid());
              Files.write(folder.resolve("b.gguf"), DamagedGguf.valid());
            }));
  }

  private static Stream<Damage> shards() {
    return Stream.of(
        shards(
            "a missing shard",
            FIRST + ": is missing",
            folder -> Files.delete(folder.resolve(FIRST))),
        shards(
            "an index that names another tensor",
            "lacks the tensor model.ghost",
            folder -> index(folder, "{\"weight_map\": {\"model.ghost\": \"" + FIRST + "\"}}")),
        shards(
            "an index that leaves the folder",
            "outside the folder",
            folder -> index(folder, "{\"weight_map\": {\"t\": \"../../etc/passwd\"}}")),
        shards(
            "an index with an absolute path",
            "outside the folder",
            folder -> index(folder, "{\"weight_map\": {\"t\": \"/etc/passwd\"}}")),
        shards(
            "an index with an impossible name",
            "no valid name",
            folder -> index(folder, "{\"weight_map\": {\"t\": \"a\\u0000b\"}}")),
        shards("an empty index", "no weight_map", folder -> index(folder, "{\"metadata\": {}}")),
        shards(
            "an index of numbers",
            "to a file's name",
            folder -> index(folder, "{\"weight_map\": {\"t\": 5}}")),
        shards(
            "a tensor twice in the index",
            "names tensor t twice",
            folder -> index(folder, "{\"weight_map\": {\"t\": \"a\", \"t\": \"b\"}}")),
        shards(
            "a missing shard and no index",
            "not all that there should be",
            folder -> {
              Files.delete(folder.resolve(INDEX));
              Files.delete(folder.resolve(FIRST));
            }),
        shards(
            "the same shard twice and no index",
            "which another file holds too",
            folder -> {
              Files.delete(folder.resolve(INDEX));
              Files.delete(folder.resolve("model-00002-of-00003.safetensors"));
              Files.copy(folder.resolve(FIRST), folder.resolve("model-00002-of-00003.safetensors"));
            }));
  }

  private static void index(Path folder, String json) throws IOException {
    Files.writeString(folder.resolve(INDEX), json);
  }

  private static Damage folder(String what, String message, Damage.Writing writing) {
    return new Damage("folder: " + what, message, writing);
  }

  /** Three good shards with their index, and then the damage. */
  private static Damage shards(String what, String message, Damage.Writing damage) {
    return folder(
        what,
        message,
        folder -> {
          TINY.writeAllButWeights(folder);
          SafetensorsWriter.writeShards(folder, TINY.tensors(), 4);
          damage.into(folder);
        });
  }
}
