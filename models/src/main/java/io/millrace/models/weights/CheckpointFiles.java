package io.millrace.models.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Opens the files of a checkpoint in any of its formats. */
final class CheckpointFiles {
  private CheckpointFiles() {}

  static Checkpoint open(Path path) {
    Optional<Path> gguf = gguf(path);
    if (gguf.isPresent()) {
      GgufModel model = GgufModel.open(gguf.get());
      return new OpenCheckpoint(model.config(), "GGUF metadata", model);
    }
    Path config = path.resolve("config.json");
    if (!Files.exists(config)) {
      throw new BadCheckpoint(path, "has no config.json, which says what model it is");
    }
    return new OpenCheckpoint(JsonFiles.config(config), "config.json", openWeights(path));
  }

  /** The GGUF file that a path leads to, of a split one the first part; empty for other formats. */
  static Optional<Path> gguf(Path path) {
    if (Files.isRegularFile(path)) {
      refusePart(path);
      return Optional.of(GgufParts.first(path));
    }
    if (!Files.isDirectory(path)) {
      throw new BadCheckpoint(path, "cannot be read: there is no such file or folder");
    }
    ModelFiles files = list(path);
    if (files.weights().isEmpty() && files.ggufs().size() > 1) {
      throw new BadCheckpoint(
          path,
          "holds several models, so name one of these files: " + String.join(", ", files.ggufs()));
    }
    return files.onlyGguf().map(path::resolve);
  }

  private static void refusePart(Path file) {
    String name = file.getFileName().toString();
    if (name.endsWith(".safetensors") || name.endsWith(".bin") || name.endsWith(".json")) {
      throw new BadCheckpoint(file, "is only a part of a model; name the folder that it lies in");
    }
  }

  private static TensorFile openWeights(Path folder) {
    ModelFiles.Weights weights =
        list(folder)
            .weights()
            .orElseThrow(
                () ->
                    new BadCheckpoint(
                        folder, "holds no weights; looked for " + ModelFiles.lookedFor()));
    Function<Path, TensorFile> opener =
        switch (weights.format()) {
          case SAFETENSORS -> SafetensorsFile::open;
          case TORCH -> TorchFile::open;
        };
    if (weights.index() != null) {
      return Shards.indexed(folder.resolve(weights.index()), opener);
    }
    if (!weights.isComplete()) {
      throw new BadCheckpoint(
          folder,
          "has no %s, and these files are not all that there should be: %s"
              .formatted(weights.format().index(), String.join(", ", weights.files())));
    }
    List<Path> files = weights.files().stream().map(folder::resolve).toList();
    return files.size() == 1 ? opener.apply(files.get(0)) : Shards.all(files, opener);
  }

  private static ModelFiles list(Path folder) {
    try {
      return ModelFiles.in(folder);
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(folder, e);
    }
  }
}
