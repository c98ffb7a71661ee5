package io.millrace.models.weights;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Tensors spread over several files. */
final class Shards implements TensorFile {
  private static final int MAX_INDEX_BYTES = 1 << 26;
  private static final int MAX_TENSORS = 1 << 18;

  private final Map<Path, TensorFile> files = new LinkedHashMap<>();
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();

  private Shards() {}

  /**
   * Opens the shards that an index names; where each tensor lies is the index's to say.
   *
   * @param index such as {@code model.safetensors.index.json}
   */
  static Shards indexed(Path index, Function<Path, TensorFile> opener) {
    return opened(
        shards -> readIndex(index).forEach((name, file) -> shards.add(index, name, file, opener)));
  }

  /** Opens files that no index describes; together they must hold no tensor twice. */
  static Shards all(List<Path> paths, Function<Path, TensorFile> opener) {
    return opened(shards -> paths.forEach(path -> shards.addAll(path, opener)));
  }

  private static Shards opened(Consumer<Shards> filling) {
    Shards shards = new Shards();
    try {
      filling.accept(shards);
      return shards;
    } catch (BadCheckpoint e) {
      shards.close();
      throw e;
    }
  }

  private void add(Path index, String name, String fileName, Function<Path, TensorFile> opener) {
    Path path = sibling(index, name, fileName);
    TensorView view = files.computeIfAbsent(path, opener).tensors().get(name);
    if (view == null) {
      throw new BadCheckpoint(
          path, "lacks the tensor %s, which %s says is in it".formatted(name, index.getFileName()));
    }
    tensors.put(name, view);
  }

  private static Path sibling(Path index, String name, String fileName) {
    Path folder = Objects.requireNonNull(index.toAbsolutePath().normalize().getParent());
    Path path;
    try {
      path = folder.resolve(fileName).normalize();
    } catch (InvalidPathException e) {
      throw new BadCheckpoint(index, "puts tensor %s into a file of no valid name".formatted(name));
    }
    if (!path.startsWith(folder)) {
      throw new BadCheckpoint(
          index, "puts tensor %s into %s, which is outside the folder".formatted(name, fileName));
    }
    if (!Files.exists(path)) {
      throw new BadCheckpoint(
          path, "is missing; %s says that it holds %s".formatted(index.getFileName(), name));
    }
    return path;
  }

  private void addAll(Path path, Function<Path, TensorFile> opener) {
    TensorFile file = opener.apply(path);
    files.put(path, file);
    file.tensors()
        .forEach(
            (name, view) -> {
              if (tensors.put(name, view) != null) {
                throw new BadCheckpoint(
                    path, "holds tensor %s, which another file holds too".formatted(name));
              }
            });
  }

  private static Map<String, String> readIndex(Path index) {
    Map<String, String> files = new LinkedHashMap<>();
    try (MappedFile file = MappedFile.open(index)) {
      if (file.size() > MAX_INDEX_BYTES) {
        throw new BadCheckpoint(
            index, "has %d bytes; the limit is %d".formatted(file.size(), MAX_INDEX_BYTES));
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

  @Override
  public Map<String, TensorView> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    files.values().forEach(TensorFile::close);
  }
}
