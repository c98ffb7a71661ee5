package io.millrace.standalone.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.start.ModelDescription;
import io.millrace.models.hub.CachedModel;
import io.millrace.models.hub.ModelLicense;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model as {@code millrace models show} tells of it.
 *
 * @param name as it was asked for
 * @param revision the commit; null if it lies in no cache
 * @param reason why Millrace does not serve it; null if it does
 * @param license null if the files do not tell
 * @param description null if Millrace does not serve it
 * @param weightMemory null if Millrace does not serve it
 * @param files of a folder all that lie in it
 */
record ShownModel(
    @JsonProperty("name") String name,
    @JsonProperty("revision") @Nullable String revision,
    @JsonProperty("refs") List<String> refs,
    @JsonProperty("path") String path,
    @JsonProperty("license") @Nullable String license,
    @JsonProperty("reason") @Nullable String reason,
    @JsonProperty("description") @Nullable ModelDescription description,
    @JsonProperty("weight_memory") @Nullable WeightMemory weightMemory,
    @JsonProperty("files") List<StoredFile> files) {

  /** A file and its size. */
  record StoredFile(@JsonProperty("name") String name, @JsonProperty("bytes") long bytes) {}

  /** The bytes that the weights take when the model runs, by {@code --dtype}. */
  record WeightMemory(
      @JsonProperty("float32") long float32,
      @JsonProperty("bfloat16") long bfloat16,
      @JsonProperty("float16") long float16) {

    static WeightMemory of(long parameters) {
      return new WeightMemory(
          Float.BYTES * parameters, Short.BYTES * parameters, Short.BYTES * parameters);
    }
  }

  /**
   * Reads what the files say.
   *
   * @param path a folder or a GGUF file
   * @param cached what is known of it, if it lies in a cache
   */
  static ShownModel of(String name, Path path, Optional<CachedModel> cached) throws IOException {
    ModelDescription description = null;
    String reason = null;
    try {
      description = ModelDescription.of(path);
    } catch (UnsupportedModel | BadCheckpoint e) {
      reason = e.getMessage();
    }
    return new ShownModel(
        name,
        cached.map(CachedModel::commit).orElse(null),
        cached.map(CachedModel::refs).orElse(List.of()),
        path.toString(),
        ModelLicense.of(path).orElse(null),
        reason,
        description,
        description == null ? null : WeightMemory.of(description.parameters()),
        files(path));
  }

  private static List<StoredFile> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      List<StoredFile> parts = new ArrayList<>();
      for (String part : ModelFiles.ggufParts(path.getFileName().toString())) {
        Path file = Objects.requireNonNull(path.toAbsolutePath().getParent()).resolve(part);
        parts.add(new StoredFile(part, Files.exists(file) ? Files.size(file) : 0));
      }
      return parts;
    }
    try (Stream<Path> all = Files.walk(path)) {
      List<StoredFile> files = new ArrayList<>();
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        files.add(new StoredFile(path.relativize(file).toString(), Files.size(file)));
      }
      return files;
    }
  }

  /** A line for each thing that is known. */
  List<String> lines() {
    return new ShownModelText(this).lines();
  }
}
