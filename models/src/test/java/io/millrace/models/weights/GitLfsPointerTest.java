package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.text.ModelText;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that were cloned without git-lfs: a few lines of text stand for each large file. */
class GitLfsPointerTest {
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\n"
          + "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
          + "size 269060552\n";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "pytorch_model.bin"})
  void weights_areSaidToBeAPointer(String name) throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    Files.deleteIfExists(folder.resolve("model.safetensors"));
    Path file = Files.writeString(folder.resolve(name), POINTER);
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageStartingWith(file + ": is a git-lfs pointer and not the file itself: run 'git");
  }

  @Test
  void gguf_isSaidToBeAPointer() throws IOException {
    Path file = Files.writeString(folder.resolve("model.gguf"), POINTER);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .hasMessageStartingWith(file + ": is a git-lfs pointer");
  }

  @Test
  void tokenizer_isSaidToBeAPointer() throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    Path file = Files.writeString(folder.resolve("tokenizer.json"), POINTER);
    assertThatThrownBy(() -> ModelText.load(folder))
        .hasMessageStartingWith(file + ": is a git-lfs pointer");
  }
}
