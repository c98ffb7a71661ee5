package io.millrace.models.weights;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tensors of one model under their Hugging Face names, with its configuration in transformers'
 * spelling, whatever the files are. Tensors are read when their data is asked for.
 */
public interface Checkpoint extends AutoCloseable {
  /**
   * Opens a model and checks what its files say about themselves, before any tensor is read.
   *
   * @param folderOrFile a GGUF file, or a folder that holds one or {@code config.json} with
   *     safetensors or {@code pytorch_model.bin}, in one file or in shards with their index
   * @throws BadCheckpoint if something is missing, damaged or not supported
   */
  static Checkpoint open(Path folderOrFile) {
    return CheckpointFiles.open(folderOrFile);
  }

  /**
   * The GGUF file that {@link #open} would read, for what else such a file holds; of a split one
   * the first part, which has the metadata. Empty where the model is in another format.
   *
   * @throws BadCheckpoint if there is no such file or folder, or it holds several
   */
  static Optional<Path> gguf(Path folderOrFile) {
    return CheckpointFiles.gguf(folderOrFile);
  }

  /** {@code config.json}; for GGUF, what its metadata says in those words. */
  ObjectNode config();

  /** Where {@link #config} comes from, as messages about it name it. */
  String configSource();

  Set<String> names();

  /**
   * A tensor in a type that counts its numbers one by one: GGUF's quantised types come out as
   * float32.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  TensorView tensor(String name);

  /**
   * A tensor in the type that the file stores, GGUF's quantised types as blocks; shape and order of
   * rows are those of {@link #tensor}.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  TensorView storedTensor(String name);

  @Override
  void close();
}
