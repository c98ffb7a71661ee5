package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a file, it ends as a {@link BadCheckpoint} that says what. */
class DamagedCheckpointTest {
  private static final int MUTATIONS = 200;
  private static final int HEADER_BYTES = 3000;

  @TempDir Path folder;

  static Stream<Damage> damages() {
    return Stream.of(
            DamagedSafetensors.cases(),
            DamagedTorch.cases(),
            DamagedGguf.cases(),
            DamagedFolders.cases())
        .flatMap(cases -> cases);
  }

  @ParameterizedTest
  @MethodSource("damages")
  void damage_isNamed(Damage damage) throws IOException {
    damage.writing().into(folder);

    assertThatThrownBy(() -> Checkpoint.open(folder).close())
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(damage.message());
  }

  @Test
  void pathThatIsNoModel_isNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no model");
    Path part = Files.writeString(folder.resolve("model.safetensors"), "");

    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("absent")))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageEndingWith("absent: cannot be read: there is no such file or folder");
    assertThatThrownBy(() -> Checkpoint.open(text))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("not a GGUF file");
    assertThatThrownBy(() -> Checkpoint.open(part))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("name the folder that it lies in");
  }

  enum Format {
    SAFETENSORS("model.safetensors"),
    TORCH("pytorch_model.bin"),
    GGUF("model.gguf");

    private final String file;

    Format(String file) {
      this.file = file;
    }

    byte[] valid() {
      return switch (this) {
        case SAFETENSORS -> DamagedSafetensors.valid();
        case TORCH -> DamagedTorch.valid();
        case GGUF -> DamagedGguf.valid();
      };
    }

    void write(Path folder, byte[] bytes) throws IOException {
      Files.write(folder.resolve(file), bytes);
    }
  }

  /** A file that was cut anywhere never passes for a whole one. */
  @ParameterizedTest
  @EnumSource
  void fileCutAnywhere_isRefused(Format format) throws IOException {
    TinyCheckpoint.llama().writeAllButWeights(folder);
    byte[] valid = format.valid();
    Random random = new Random(1);
    for (int i = 0; i < MUTATIONS / 4; i++) {
      int length = i % 2 == 0 ? random.nextInt(valid.length) : random.nextInt(HEADER_BYTES);
      format.write(folder, Arrays.copyOf(valid, length));

      assertThatThrownBy(() -> Checkpoint.open(folder).close())
          .as("%s cut to %d bytes", format, length)
          .isInstanceOf(BadCheckpoint.class);
    }
  }

  /**
   * Bytes changed in the header, and for a zip in its directory: refused, or readable throughout.
   */
  @ParameterizedTest
  @EnumSource
  void headerWithRandomBytes_isRefusedOrReadable(Format format) throws IOException {
    TinyCheckpoint.llama().writeAllButWeights(folder);
    byte[] valid = format.valid();
    Random random = new Random(2);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] changed = valid.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        int at = random.nextInt(HEADER_BYTES);
        int where = random.nextBoolean() || format != Format.TORCH ? at : valid.length - 1 - at;
        changed[where] = (byte) random.nextInt();
      }
      format.write(folder, changed);
      refused += refusedOrReadable() ? 1 : 0;
    }

    assertThat(refused).isBetween(1, MUTATIONS);
  }

  private boolean refusedOrReadable() {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      for (String name : checkpoint.names()) {
        for (TensorView piece : checkpoint.tensor(name).pieces(1 << 20)) {
          assertThat(piece.data().capacity()).isEqualTo((int) piece.bytes());
        }
      }
      return false;
    } catch (BadCheckpoint e) {
      assertThat(e).hasMessageContaining(folder.toString());
      return true;
    }
  }
}
