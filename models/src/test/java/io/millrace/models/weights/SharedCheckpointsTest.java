package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.SharedFiles;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference checkpoints, whose numbers here were read by the formats' own Python libraries. */
class SharedCheckpointsTest {
  @ParameterizedTest
  @CsvSource({
    "llama2-mha, 30, -0.046099379658699036, 0.09400948882102966",
    "llama3-gqa-ropescaling, 30, 0.1689177304506302, 0.0694914385676384",
    "smollm2-tied-sharded, 29, 0.14233407378196716, -0.14254556596279144",
    "qwen3-qknorm, 36, -0.08719760924577713, -0.010723763145506382"
  })
  void numbers_areThoseOfTheReference(String name, int tensors, float embedding, float key) {
    try (Checkpoint checkpoint = Checkpoint.open(SharedFiles.require("goldens/" + name))) {
      assertThat(checkpoint.names()).hasSize(tensors);
      assertThat(Floats.of(checkpoint.tensor("model.embed_tokens.weight").rows(7, 8))[0])
          .isEqualTo(embedding);
      assertThat(
              Floats.of(checkpoint.tensor("model.layers.1.self_attn.k_proj.weight").rows(5, 6))[0])
          .isEqualTo(key);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "baichuan2-13b-alibi",
        "baichuan2-7b-rope",
        "baichuan2-7b-rope-bin",
        "llama-headdim-bias",
        "llama-linear-rope",
        "llama2-mha",
        "llama3-gqa-ropescaling",
        "mistral-window",
        "qwen2-bias",
        "qwen3-qknorm",
        "smollm2-tied-sharded"
      })
  void everyTensor_isReadable(String name) {
    try (Checkpoint checkpoint = Checkpoint.open(SharedFiles.require("goldens/" + name))) {
      long vocabulary = checkpoint.config().get("vocab_size").asLong();
      long hidden = checkpoint.config().get("hidden_size").asLong();
      assertThat(checkpoint.tensor("model.embed_tokens.weight").shape())
          .containsExactly(vocabulary, hidden);
      for (String tensor : checkpoint.names()) {
        float[] values = Floats.of(checkpoint.tensor(tensor));
        assertThat(values).as(tensor).isNotEmpty();
        for (float value : values) {
          assertThat(Float.isFinite(value)).as(tensor).isTrue();
        }
      }
    }
  }
}
