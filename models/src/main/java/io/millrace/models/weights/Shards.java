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

/** The tensors of a checkpoint that is split into several files, its shards. */
final class Shards implements TensorFile {
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
        shards ->
            ShardIndex.read(index).forEach((name, file) -> shards.add(index, name, file, opener)));
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

  @Override
  public Map<String, TensorView> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    files.values().forEach(TensorFile::close);
  }
}
