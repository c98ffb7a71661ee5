package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyGguf;
import io.millrace.testing.TinyTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class RopeFactorsTest {
  private static final Path FILE = Path.of("test.gguf");

  @ParameterizedTest
  @CsvSource({"8, 500000, 64", "32, 500000, 32", "8, 500000, 32"})
  void publishedScaling_isFoundAgain(double factor, double theta, int frequencies) {
    float[] factors = factors(factor, 1, 4, 8192, theta, frequencies);

    assertThat(new RopeFactors(FILE, factors, theta, 8192).scaling())
        .hasToString(
            ("{'rope_type':'llama3','factor':%s,'low_freq_factor':1.0,'high_freq_factor':4.0,"
                    + "'original_max_position_embeddings':8192}")
                .formatted(factor)
                .replace('\'', '"'));
  }

  @Test
  void otherScaling_isWorkedOut() {
    float[] factors = factors(4, 2, 16, 8192, 10_000, 64);

    ObjectNode scaling = new RopeFactors(FILE, factors, 10_000, 8192).scaling();

    assertThat(scaling.get("factor").asDouble()).isEqualTo(4);
    assertThat(scaling.get("low_freq_factor").asDouble()).isCloseTo(2, within(1e-3));
    assertThat(scaling.get("high_freq_factor").asDouble()).isCloseTo(16, within(1e-2));
  }

  /**
   * Another original length, with parameters to match, is another way to say the same; so are other
   * parameters where few frequencies fade, or none.
   */
  @ParameterizedTest
  @CsvSource({
    "8, 1, 4, 4096, 500000, 64",
    "8, 1, 4, 32, 500000, 8",
    "8, 1, 4, 64, 500000, 8",
    "4, 1, 2, 128, 10000, 16",
    "8, 1, 4, 16384, 500000, 64",
    "2, 60, 90, 32, 10000, 4"
  })
  void unknownOriginalLength_doesNoHarm(
      double factor, double low, double high, double original, double theta, int frequencies) {
    float[] factors = factors(factor, low, high, original, theta, frequencies);

    ObjectNode scaling = new RopeFactors(FILE, factors, theta, 8192).scaling();

    float[] again =
        factors(
            scaling.get("factor").asDouble(),
            scaling.get("low_freq_factor").asDouble(),
            scaling.get("high_freq_factor").asDouble(),
            scaling.get("original_max_position_embeddings").asDouble(),
            theta,
            frequencies);
    for (int i = 0; i < factors.length; i++) {
      assertThat(again[i]).as("factor %d", i).isCloseTo(factors[i], within(1e-4f * factors[i]));
    }
  }

  @Test
  void ones_areNoScaling() {
    float[] ones = new float[32];
    Arrays.fill(ones, 1);

    assertThat(new RopeFactors(FILE, ones, 10_000, 8192).scaling()).isNull();
  }

  @Test
  void factorsOfAnotherKind_areRefused() {
    float[] factors = factors(8, 1, 4, 8192, 500_000, 64);
    factors[20] = 3;

    assertThatThrownBy(() -> new RopeFactors(FILE, factors, 500_000, 8192).scaling())
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("rope_freqs.weight");
    assertThatThrownBy(
            () -> new RopeFactors(FILE, new float[] {1, Float.NaN}, 500_000, 8192).scaling())
        .isInstanceOf(BadCheckpoint.class);
  }

  @Test
  void tensorOfAFile_becomesItsConfiguration(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("t.gguf");
    Files.write(
        file,
        TinyGguf.writer(TinyCheckpoint.llama())
            .put("llama.rope.scaling.original_context_length", 8192)
            .add(
                new TinyTensor("rope_freqs.weight", new long[] {8}, factors(8, 1, 4, 8192, 1e4, 8)))
            .toBytes());

    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.config().get("rope_scaling").get("rope_type").asString())
          .isEqualTo("llama3");
      assertThat(checkpoint.names()).doesNotContain("rope_freqs.weight");
    }
  }

  /** As llama.cpp's converter computes them, from wave lengths. */
  private static float[] factors(
      double factor, double low, double high, double original, double theta, int frequencies) {
    float[] factors = new float[frequencies];
    for (int i = 0; i < frequencies; i++) {
      double wave = 2 * Math.PI * Math.pow(theta, (double) i / frequencies);
      double smooth = (original / wave - low) / (high - low);
      double fading = 1 / ((1 - smooth) / factor + smooth);
      factors[i] = (float) (wave < original / high ? 1 : wave > original / low ? factor : fading);
    }
    return factors;
  }
}
