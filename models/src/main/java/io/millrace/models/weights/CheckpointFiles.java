package io.millrace.models.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Finds the files of a model, by the names that transformers and llama.cpp give them. */
final class CheckpointFiles {
  private static final Pattern SHARD = Pattern.compile(".*-\\d{5}-of-(\\d{5})\\.safetensors");

  /** A file that stands for all weights of a folder; the first that is there is taken. */
  private enum Layout {
    SAFETENSORS("model.safetensors", SafetensorsFile::open),
    SAFETENSORS_SHARDS(
        "model.safetensors.index.json", index -> Shards.indexed(index, SafetensorsFile::open)),
    TORCH("pytorch_model.bin", TorchFile::open),
    TORCH_SHARDS("pytorch_model.bin.index.json", index -> Shards.indexed(index, TorchFile::open));

    private final String file;
    private final Function<Path, TensorFile> opener;

    Layout(String file, Function<Path, TensorFile> opener) {
      this.file = file;
      this.opener = opener;
    }
  }

  private CheckpointFiles() {}

  static Checkpoint open(Path path) {
    Optional<Path> gguf = gguf(path);
    if (gguf.isPresent()) {
      GgufModel model = GgufModel.open(gguf.get());
      return new OpenCheckpoint(model.config(), generationConfig(path), model);
    }
    Path config = path.resolve("config.json");
    if (!Files.exists(config)) {
      throw new BadCheckpoint(path, "has no config.json, which says what model it is");
    }
    ObjectNode json = JsonFiles.object(config);
    return new OpenCheckpoint(json, generationConfig(path), openWeights(path));
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
    if (layout(path).isPresent() || !list(path, ".safetensors").isEmpty()) {
      return Optional.empty();
    }
    List<Path> files = list(path, ".gguf").stream().map(GgufParts::first).distinct().toList();
    if (files.size() > 1) {
      throw new BadCheckpoint(
          path, "holds several models, so name one of these files: " + names(files));
    }
    return files.stream().findFirst();
  }

  private static void refusePart(Path file) {
    String name = file.getFileName().toString();
    if (name.endsWith(".safetensors") || name.endsWith(".bin") || name.endsWith(".json")) {
      throw new BadCheckpoint(file, "is only a part of a model; name the folder that it lies in");
    }
  }

  private static ObjectNode generationConfig(Path path) {
    Path file = path.resolve("generation_config.json");
    return Files.exists(file) ? JsonFiles.object(file) : JsonFiles.empty();
  }

  private static Optional<Layout> layout(Path folder) {
    return Stream.of(Layout.values())
        .filter(layout -> Files.exists(folder.resolve(layout.file)))
        .findFirst();
  }

  private static TensorFile openWeights(Path folder) {
    Optional<Layout> layout = layout(folder);
    return layout.isPresent()
        ? layout.get().opener.apply(folder.resolve(layout.get().file))
        : openUnindexed(folder, list(folder, ".safetensors"));
  }

  private static TensorFile openUnindexed(Path folder, List<Path> files) {
    if (files.isEmpty()) {
      throw new BadCheckpoint(
          folder,
          "holds no weights; looked for %s, *.safetensors and *.gguf"
              .formatted(
                  Stream.of(Layout.values())
                      .map(layout -> layout.file)
                      .collect(Collectors.joining(", "))));
    }
    for (Path file : files) {
      Matcher shard = SHARD.matcher(file.getFileName().toString());
      int expected = shard.matches() ? Integer.parseInt(shard.group(1)) : 1;
      if (expected != files.size()) {
        throw new BadCheckpoint(
            folder,
            "has no %s, and these files are not all that there should be: %s"
                .formatted(Layout.SAFETENSORS_SHARDS.file, names(files)));
      }
    }
    return Shards.all(files, SafetensorsFile::open);
  }

  private static List<Path> list(Path folder, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw BadCheckpoint.unreadable(folder, e);
    }
  }

  private static String names(List<Path> files) {
    return files.stream()
        .map(file -> file.getFileName().toString())
        .collect(Collectors.joining(", "));
  }
}
