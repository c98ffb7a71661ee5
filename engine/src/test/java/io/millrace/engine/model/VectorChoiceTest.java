package io.millrace.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.vector.Format;
import io.millrace.testing.TinyCheckpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Vectors are taken where they are wanted and possible, and nowhere else. */
final class VectorChoiceTest {
  private static final VectorChoice FLOAT32 = new VectorChoice(Format.FLOAT32, 16);
  private static final VectorChoice INT8 = new VectorChoice(Format.INT8, 16);

  /** Float32 is computed in one way unless somebody asks for another. */
  @ParameterizedTest
  @CsvSource({
    "FP32, NONE, 16, false, FLOAT32, 16",
    "BF16, NONE, 3, false, BFLOAT16, 3",
    "BF16, NONE, , false, BFLOAT16, 8",
    "BF16, NONE, 1, false, BFLOAT16, 1",
    "BF16, NONE, 3, true, BFLOAT16, 3",
    "BF16, NONE, , true, FLOAT12, 1",
    "FP32, INT8, , false, INT8, 8",
    "FP32, INT8, , true, INT8, 1",
    "FP16, INT8, 5, false, INT8, 5"
  })
  void of_keepsWeightsAsTheProgramDoes(
      Precision precision,
      Quantization quantization,
      @Nullable Integer wanted,
      boolean gemm,
      Format format,
      int rows) {
    assertThat(VectorChoice.of(precision, quantization, wanted, gemm))
        .isEqualTo(new VectorChoice(format, rows));
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, NONE, ",
    "FP32, NONE, 0",
    "BF16, NONE, 0",
    "FP32, INT8, 0",
    "FP16, NONE, ",
    "FP16, NONE, 16",
    "BF16, INT4, ",
    "FP32, INT4, 16"
  })
  void of_isNoneWhereItIsNotWantedOrNotPossible(
      Precision precision, Quantization quantization, @Nullable Integer wanted) {
    VectorChoice choice = VectorChoice.of(precision, quantization, wanted, false);
    assertThat(choice.format()).isNull();
    assertThat(choice.weights(spec(config()), size(16, 1))).isNull();
  }

  @Test
  void weights_areCollectedInTheFormat() {
    assumeTrue(Format.areAvailable());
    VectorWeights weights = FLOAT32.weights(spec(config()), size(16, 1));
    assertThat(weights).isNotNull();
    assertThat(weights.label(2)).isEqualTo("vectors of float32 up to 2 rows");
  }

  @ParameterizedTest
  @CsvSource({"1", "4", "12", "17"})
  void weights_areNoneForBlocksThatAreNoWholeVectors(int blockSize) {
    assertThat(FLOAT32.weights(spec(config()), size(blockSize, 1))).isNull();
  }

  /** Four numbers lie in a word, so rows are that many, or whole multiples. */
  @Test
  void weights_areNoneForRowsThatTheFormatCannotKeep() {
    assumeTrue(Format.areAvailable());
    ModelSpec spec = spec(config().put("intermediate_size", 126));
    assertThat(INT8.weights(spec, size(16, 1))).isNull();
    assertThat(FLOAT32.weights(spec, size(16, 1))).isNotNull();
  }

  @Test
  void weights_areNoneWhereJavasHeapIsTooSmall() {
    ModelSpec spec = spec(config().put("num_hidden_layers", 100_000_000));
    assertThat(VectorWeights.bytes(spec, Format.FLOAT32))
        .isGreaterThan(Runtime.getRuntime().maxMemory());
    assertThat(FLOAT32.weights(spec, size(16, 1))).isNull();
  }

  /** Java's buffers number their bytes by ints. */
  @Test
  void weights_areNoneWhereACacheIsMoreThanABuffer() {
    ModelSpec spec = spec(config());
    assertThat(FLOAT32.weights(spec, size(16, 2L * spec.layers() * Integer.MAX_VALUE + 4)))
        .isNull();
  }

  @Test
  void bytes_countAllMatrices() {
    ModelSpec spec = spec(config());
    long layer = 64 * (64 + 2 * 32) + 64 * 64 + 3 * 64 * 128;
    long all = 2 * layer + 384 * 64;
    assertThat(VectorWeights.bytes(spec, Format.FLOAT32)).isEqualTo(4 * all);
    // Once in 16 bits and once in 12.
    assertThat(VectorWeights.bytes(spec, Format.BFLOAT16)).isEqualTo(all * 28 / 8);
    assertThat(VectorWeights.bytes(spec, Format.INT8)).isEqualTo(all);
  }

  private static ObjectNode config() {
    return TinyCheckpoint.llama().config();
  }

  private static ModelSpec spec(ObjectNode config) {
    return ModelSpec.of(config);
  }

  private static KvCacheSize size(int blockSize, long bytes) {
    return new KvCacheSize(1, blockSize, bytes, 128);
  }
}
