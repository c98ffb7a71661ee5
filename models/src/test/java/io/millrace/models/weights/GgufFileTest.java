package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.GgufWriter;
import io.millrace.testing.LittleEndian;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyGguf;
import io.millrace.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
  private static final TinyCheckpoint TINY = TinyCheckpoint.llama();
  private static final int HALF = 0x3800;
  private static final int Q4_0 = 2;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void metadata_isTyped(int version) throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .version(version)
            .put("s", "w\u00f6rd")
            .put("i", 5)
            .put("f", 1e-5f)
            .put("b", true)
            .putRaw("u8", 0, new byte[] {(byte) 200})
            .putRaw("u64", 10, new LittleEndian().u64(1L << 40).toBytes())
            .putRaw("f64", 12, new LittleEndian().u64(Double.doubleToLongBits(0.1)).toBytes())
            .putStrings("strings", List.of("a", "", "\u4e2d"))
            .putInts("ints", 1, -2, 3)
            .putFloats("floats", 0.5f, -1);

    GgufMetadata metadata = metadata(writer);

    assertThat(metadata.keys())
        .containsExactly("s", "i", "f", "b", "u8", "u64", "f64", "strings", "ints", "floats");
    assertThat(metadata.string("s")).contains("w\u00f6rd");
    assertThat(metadata.integer("i")).hasValue(5);
    assertThat(metadata.number("f")).hasValue(1e-5);
    assertThat(metadata.number("i")).hasValue(5);
    assertThat(metadata.bool("b")).contains(true);
    assertThat(metadata.integer("u8")).hasValue(200);
    assertThat(metadata.integer("u64")).hasValue(1L << 40);
    assertThat(metadata.number("f64")).hasValue(0.1);
    assertThat(metadata.strings("strings")).contains(List.of("a", "", "\u4e2d"));
    assertThat(metadata.ints("ints"))
        .hasValueSatisfying(ints -> assertThat(ints).containsExactly(1, -2, 3));
    assertThat(metadata.floats("floats"))
        .hasValueSatisfying(floats -> assertThat(floats).containsExactly(0.5f, -1));
    assertThat(metadata.string("absent")).isEmpty();
    assertThat(metadata.strings("absent")).isEmpty();
    assertThat(metadata.integer("absent")).isEmpty();
  }

  @Test
  void metadataOfAnotherKind_isNamed() throws IOException {
    GgufMetadata metadata =
        metadata(
            new GgufWriter()
                .put("s", "text")
                .putInts("ints", 1)
                .putRaw("u64", 10, new LittleEndian().u64(-1).toBytes()));

    assertThatThrownBy(() -> metadata.integer("s"))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageEndingWith("metadata s must be a whole number, but is string");
    assertThatThrownBy(() -> metadata.strings("ints"))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageEndingWith("metadata ints must be an array of strings, but is array of int32");
    assertThatThrownBy(() -> metadata.integer("u64"))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageEndingWith("metadata u64 is out of range: 18446744073709551615");
  }

  @Test
  void quantizedTensor_comesAsFloatsOrAsBlocks() throws IOException {
    int rows = TINY.headDim() * TINY.heads();
    LittleEndian blocks = new LittleEndian();
    for (int row = 0; row < rows; row++) {
      for (int block = 0; block < 2; block++) {
        blocks.u16(HALF);
        for (int i = 0; i < 16; i++) {
          blocks.u8(row % 16 | (block == 0 ? 0 : 0xf0));
        }
      }
    }
    GgufWriter writer =
        TinyGguf.metadata(TINY)
            .add("blk.0.attn_q.weight", Q4_0, new long[] {rows, 64}, blocks.toBytes());

    try (Checkpoint checkpoint = Checkpoint.open(write(writer))) {
      String name = "model.layers.0.self_attn.q_proj.weight";
      TensorView floats = checkpoint.tensor(name);
      TensorView stored = checkpoint.storedTensor(name);

      assertThat(floats.type()).isEqualTo(ElementType.F32);
      assertThat(stored.type()).isEqualTo(ElementType.Q4_0);
      assertThat(stored.shape()).isEqualTo(floats.shape()).containsExactly(rows, 64);
      assertThat(stored.bytes()).isEqualTo(rows * 36);
      // Row 1 of head 0 is ggml's row 2, row 8 its row 1: heads have 16 rows.
      for (long[] pair : new long[][] {{0, 0}, {1, 2}, {8, 1}, {9, 3}, {15, 15}, {17, 18}}) {
        float low = (pair[1] % 16 - 8) * 0.5f;
        float[] row = Floats.of(floats.rows(pair[0], pair[0] + 1));
        assertThat(row[0]).isEqualTo(low);
        assertThat(row[16]).isEqualTo(-4);
        assertThat(row[32]).isEqualTo(low);
        assertThat(row[48]).isEqualTo(3.5f);
        ByteBuffer block = stored.rows(pair[0], pair[0] + 1).data();
        assertThat(block.capacity()).isEqualTo(36);
        assertThat(block.get(2)).isEqualTo((byte) (pair[1] % 16));
      }
    }
  }

  @Test
  void qwen_isNotPermuted() throws IOException {
    GgufWriter writer =
        qwen("qwen3")
            .add(counting("blk.0.attn_q.weight", 8, 4))
            .add(counting("blk.0.attn_q.bias", 8))
            .add(counting("blk.0.attn_q_norm.weight", 4))
            .add(counting("blk.0.attn_k_norm.weight", 4));

    try (Checkpoint checkpoint = Checkpoint.open(write(writer))) {
      assertThat(checkpoint.names())
          .containsExactly(
              "model.layers.0.self_attn.q_proj.weight",
              "model.layers.0.self_attn.q_proj.bias",
              "model.layers.0.self_attn.q_norm.weight",
              "model.layers.0.self_attn.k_norm.weight");
      assertThat(Floats.of(checkpoint.tensor("model.layers.0.self_attn.q_proj.weight")))
          .isEqualTo(counting("", 8, 4).values());
      assertThat(checkpoint.config().get("architectures").get(0).asString())
          .isEqualTo("Qwen3ForCausalLM");
      assertThat(checkpoint.config().get("head_dim").asInt()).isEqualTo(4);
      assertThat(checkpoint.config().get("num_key_value_heads").asInt()).isEqualTo(2);
    }
  }

  private static GgufWriter qwen(String architecture) {
    return new GgufWriter()
        .put("general.architecture", architecture)
        .put(architecture + ".block_count", 1)
        .put(architecture + ".context_length", 32)
        .put(architecture + ".embedding_length", 4)
        .put(architecture + ".feed_forward_length", 4)
        .put(architecture + ".attention.head_count", 2)
        .put(architecture + ".attention.key_length", 4)
        .put(architecture + ".attention.layer_norm_rms_epsilon", 1e-6f)
        .put(architecture + ".vocab_size", 9);
  }

  @Test
  void biasOfALlama_isPermutedAsItsWeight() throws IOException {
    GgufWriter writer = TinyGguf.metadata(TINY).add(counting("blk.0.attn_k.bias", 32));

    try (Checkpoint checkpoint = Checkpoint.open(write(writer))) {
      assertThat(Floats.of(checkpoint.tensor("model.layers.0.self_attn.k_proj.bias").rows(7, 10)))
          .containsExactly(14, 1, 3);
    }
  }

  @Test
  void slidingWindow_makesItAMistral() throws IOException {
    GgufWriter writer = TinyGguf.writer(TINY).put("llama.attention.sliding_window", 128);

    try (Checkpoint checkpoint = Checkpoint.open(write(writer))) {
      assertThat(checkpoint.config().get("sliding_window").asInt()).isEqualTo(128);
      assertThat(checkpoint.config().get("architectures").get(0).asString())
          .isEqualTo("MistralForCausalLM");
    }
  }

  @Test
  void slidingWindow_of0IsNone() throws IOException {
    GgufWriter writer = TinyGguf.writer(TINY).put("llama.attention.sliding_window", 0);

    try (Checkpoint checkpoint = Checkpoint.open(write(writer))) {
      assertThat(checkpoint.config().has("sliding_window")).isFalse();
      assertThat(checkpoint.config().get("architectures").get(0).asString())
          .isEqualTo("LlamaForCausalLM");
      assertThat(checkpoint.configSource()).isEqualTo("GGUF metadata");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "qwen3"})
  void slidingWindow_ofQwenIsNoneAsInLlamaCpp(String architecture) throws IOException {
    GgufWriter writer = qwen(architecture).put(architecture + ".attention.sliding_window", 16);

    try (Checkpoint checkpoint = Checkpoint.open(write(writer))) {
      assertThat(checkpoint.config().has("sliding_window")).isFalse();
    }
  }

  @Test
  void linearScaling_isPassedOn() throws IOException {
    GgufWriter writer =
        TinyGguf.writer(TINY)
            .put("llama.rope.scaling.type", "linear")
            .put("llama.rope.scaling.factor", 4f);

    try (Checkpoint checkpoint = Checkpoint.open(write(writer))) {
      assertThat(checkpoint.config().get("rope_scaling"))
          .hasToString("{\"rope_type\":\"linear\",\"factor\":4.0}");
    }
  }

  @Test
  void splitFile_isOpenedByAnyOfItsParts() throws IOException {
    Path first = folder.resolve("m-00001-of-00002.gguf");
    Path second = folder.resolve("m-00002-of-00002.gguf");
    Files.write(
        first,
        TinyGguf.metadata(TINY)
            .put("split.count", 2)
            .put("split.tensors.count", 2)
            .add(counting("output_norm.weight", 3))
            .toBytes());
    Files.write(
        second,
        new GgufWriter().put("split.no", 1).add(counting("token_embd.weight", 2, 2)).toBytes());

    for (Path path : List.of(first, second, folder)) {
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        assertThat(checkpoint.names())
            .containsExactly("model.norm.weight", "model.embed_tokens.weight");
      }
    }
    Files.delete(second);
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("m-00002-of-00002.gguf: cannot be read: there is no such file");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 20, 39, 99})
  void typeThatIsNotSupported_isNamed(int type) {
    GgufWriter writer =
        TinyGguf.metadata(TINY).describe("output.weight", type, new long[] {1, 256}, 0);

    assertThatThrownBy(() -> Checkpoint.open(write(writer)))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("tensor output.weight has the type ")
        .hasMessageEndingWith(
            "these are: F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, I8, I16, I32,"
                + " I64, F64, BF16");
  }

  private GgufMetadata metadata(GgufWriter writer) throws IOException {
    try (GgufFile file = GgufFile.open(write(writer))) {
      return file.metadata();
    }
  }

  private Path write(GgufWriter writer) throws IOException {
    return Files.write(folder.resolve("t.gguf"), writer.toBytes());
  }

  private static TinyTensor counting(String name, long... shape) {
    int elements = 1;
    for (long dimension : shape) {
      elements *= (int) dimension;
    }
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = i;
    }
    return new TinyTensor(name, shape, values);
  }
}
