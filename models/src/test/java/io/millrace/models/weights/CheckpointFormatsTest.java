package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.SafetensorsWriter;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyGguf;
import io.millrace.testing.TinyTensor;
import io.millrace.testing.TorchWriter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** One model in every format: the same names, the same numbers, the same configuration. */
class CheckpointFormatsTest {
  private static final TinyCheckpoint TINY = TinyCheckpoint.llama();

  @TempDir Path folder;

  @Test
  void safetensors_inOneFile() throws IOException {
    TINY.writeTo(folder);

    checkSame(folder);
  }

  @Test
  void safetensors_inShardsWithIndex() throws IOException {
    TINY.writeAllButWeights(folder);
    SafetensorsWriter.writeShards(folder, TINY.tensors(), 4);

    checkSame(folder);
  }

  @Test
  void safetensors_inShardsWithoutIndex() throws IOException {
    TINY.writeAllButWeights(folder);
    SafetensorsWriter.writeShards(folder, TINY.tensors(), 4);
    Files.delete(folder.resolve("model.safetensors.index.json"));

    checkSame(folder);
  }

  @Test
  void torch_inOneFile() throws IOException {
    TINY.writeAllButWeights(folder);
    TorchWriter.write(folder.resolve("pytorch_model.bin"), TINY.tensors());

    checkSame(folder);
  }

  @Test
  void torch_inShards() throws IOException {
    TINY.writeAllButWeights(folder);
    TorchWriter.write(folder.resolve("a.bin"), TINY.tensors().subList(0, 9));
    TorchWriter.write(folder.resolve("b.bin"), TINY.tensors().subList(9, TINY.tensors().size()));
    StringBuilder index = new StringBuilder();
    for (int i = 0; i < TINY.tensors().size(); i++) {
      index.append(
          "%s\"%s\": \"%s.bin\""
              .formatted(i == 0 ? "" : ", ", TINY.tensors().get(i).name(), i < 9 ? "a" : "b"));
    }
    Files.writeString(
        folder.resolve("pytorch_model.bin.index.json"),
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {%s}}".formatted(index));

    checkSame(folder);
  }

  @Test
  void gguf_asFileOrAsTheOnlyOneOfAFolder() throws IOException {
    Path file = folder.resolve("tiny.F32.gguf");
    Files.write(file, TinyGguf.bytes(TINY));

    checkSame(file);
    checkSame(folder);
    assertThat(Checkpoint.gguf(folder)).contains(file);
  }

  @Test
  void gguf_configurationIsThatOfTransformers() throws IOException {
    Path file = folder.resolve("tiny.gguf");
    Files.write(file, TinyGguf.bytes(TINY));

    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      ObjectNode config = checkpoint.config();
      TINY.config()
          .forEachEntry(
              (field, value) -> assertThat(config.get(field)).as(field).hasToString("" + value));
      assertThat(config.get("head_dim").asInt()).isEqualTo(TINY.headDim());
    }
  }

  @Test
  void gguf_withoutOutputIsTied() throws IOException {
    Path file = folder.resolve("tiny.gguf");
    Files.write(file, TinyGguf.bytes(TINY.withTied(true)));

    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.config().get("tie_word_embeddings").asBoolean()).isTrue();
      assertThat(checkpoint.names()).doesNotContain("lm_head.weight");
    }
  }

  @Test
  void safetensors_goBeforeOtherFormats() throws IOException {
    TINY.writeTo(folder);
    Files.writeString(folder.resolve("pytorch_model.bin"), "not read");
    Files.writeString(folder.resolve("model.gguf"), "not read");

    checkSame(folder);
    assertThat(Checkpoint.gguf(folder)).isEmpty();
  }

  @Test
  void config_withNumbersThatPythonWritesAndJsonLacks() throws IOException {
    TINY.writeTo(folder);
    String config = Files.readString(folder.resolve("config.json"));
    Files.writeString(
        folder.resolve("config.json"), "{\"a\": NaN, \"b\": -Infinity, " + config.substring(1));

    checkSame(folder);
  }

  @Test
  void tensor_thatIsNotThere() throws IOException {
    TINY.writeTo(folder);

    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThatThrownBy(() -> checkpoint.tensor("model.absent"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("model.absent");
    }
  }

  @Test
  void buffers_outliveTheirCheckpoint() throws IOException {
    TINY.writeTo(folder);
    FloatBuffer values;
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      values = checkpoint.tensor("model.norm.weight").data().asFloatBuffer();
    }

    assertThat(values.get(0)).isNotZero();
  }

  private static void checkSame(Path path) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.config().get("hidden_size").asInt()).isEqualTo(TINY.hidden());
      assertThat(checkpoint.names())
          .containsExactlyInAnyOrderElementsOf(
              TINY.tensors().stream().map(TinyTensor::name).toList());
      for (TinyTensor expected : TINY.tensors()) {
        TensorView view = checkpoint.tensor(expected.name());
        assertThat(view.type()).isEqualTo(ElementType.F32);
        assertThat(view.shape()).isEqualTo(expected.shape());
        assertThat(view.data().isDirect()).isTrue();
        assertThat(Floats.of(view)).as(expected.name()).isEqualTo(expected.values());
      }
    }
  }
}
