package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.models.weights.Checkpoint;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyFamily;
import io.millrace.testing.TinyTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelTensorsTest {
  private static final TinyCheckpoint TINY = TinyCheckpoint.llama();
  private static final Set<String> NAMES =
      TINY.tensors().stream().map(TinyTensor::name).collect(Collectors.toUnmodifiableSet());

  private static Set<String> with(String... names) {
    Set<String> all = new HashSet<>(NAMES);
    all.addAll(List.of(names));
    return all;
  }

  /** All that a family's own checkpoints hold is needed: without any one it is refused. */
  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void check_refusesWhatLacksATensor(TinyFamily family, @TempDir Path folder) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(family.writeTo(folder))) {
      ModelSpec spec = ModelSpec.of(checkpoint.config());
      assertThatCode(() -> ModelTensors.check(spec, checkpoint.names())).doesNotThrowAnyException();
      for (String name : checkpoint.names()) {
        Set<String> rest = new HashSet<>(checkpoint.names());
        rest.remove(name);
        assertThatThrownBy(() -> ModelTensors.check(spec, rest))
            .isInstanceOf(UnsupportedModel.class)
            .hasMessageStartingWith("the checkpoint has no tensor " + name);
      }
    }
  }

  @Test
  void check_needsAHeadUnlessItIsTheEmbedding() {
    Set<String> headless = new HashSet<>(NAMES);
    headless.remove("lm_head.weight");

    assertThatThrownBy(() -> ModelTensors.check(ModelSpec.of(TINY.config()), headless))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessage(
            "the checkpoint has no tensor lm_head.weight, and tie_word_embeddings is false");
    ModelSpec tied = ModelSpec.of(TINY.withTied(true).config());
    assertThatCode(() -> ModelTensors.check(tied, headless)).doesNotThrowAnyException();
    assertThatCode(() -> ModelTensors.check(tied, NAMES)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"q_proj.bias", "k_proj.bias", "v_proj.bias", "o_proj.bias"})
  void check_needsTheBiasesThatTheConfigurationNames(String missing) {
    ModelSpec spec = ModelSpec.of(TINY.config().put("attention_bias", true));
    Set<String> names = new HashSet<>(NAMES);
    for (int layer = 0; layer < TINY.layers(); layer++) {
      for (String matrix : List.of("q", "k", "v", "o")) {
        names.add("model.layers." + layer + ".self_attn." + matrix + "_proj.bias");
      }
    }
    assertThatCode(() -> ModelTensors.check(spec, names)).doesNotThrowAnyException();
    names.remove("model.layers.1.self_attn." + missing);
    assertThatThrownBy(() -> ModelTensors.check(spec, names))
        .hasMessage("the checkpoint has no tensor model.layers.1.self_attn." + missing);
  }

  @Test
  void check_stopsAtTheFirstOfManyLayers() {
    ModelSpec spec = ModelSpec.of(TINY.withLayers(Integer.MAX_VALUE).config());
    assertThatThrownBy(() -> ModelTensors.check(spec, NAMES))
        .hasMessageContaining("model.layers.2.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp.up_proj.qweight",
        "mlp.up_proj.qzeros",
        "mlp.up_proj.scales",
        "mlp.up_proj.g_idx",
        "mlp.up_proj.biases",
        "mlp.up_proj.weight_scale",
        "mlp.up_proj.weight_scale_inv",
        "mlp.up_proj.input_scale",
        "mlp.up_proj.weight_packed",
        "mlp.up_proj.weight_zero_point",
        "mlp.up_proj.weight_global_scale",
        "mlp.up_proj.weight.absmax",
        "mlp.up_proj.weight.quant_state.bitsandbytes__nf4",
        "mlp.up_proj.SCB",
        "self_attn.k_scale",
      })
  void check_refusesPartsOfAQuantization(String name) {
    String whole = "model.layers.0." + name;
    assertThatThrownBy(() -> ModelTensors.check(ModelSpec.of(TINY.config()), with(whole)))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessageStartingWith("tensor " + whole + " is a part of a quantization");
  }

  @Test
  void check_ignoresWhatIsNotUsed() {
    Set<String> more =
        with(
            "model.layers.0.self_attn.rotary_emb.inv_freq",
            "model.layers.7.mlp.up_proj.weight",
            "model.layers.0.self_attn.q_proj.bias",
            "lm_head.bias");
    assertThatCode(() -> ModelTensors.check(ModelSpec.of(TINY.config()), more))
        .doesNotThrowAnyException();
    assertThat(more).hasSize(NAMES.size() + 4);
  }

  /** As in transformers: a head of its own is no tie, whatever the configuration says. */
  @Test
  void head_thatATiedCheckpointHolds_isUsed(@TempDir Path folder) throws IOException {
    Path untied = TINY.writeTo(folder.resolve("untied"));
    Path tied = TINY.writeTo(folder.resolve("tied"));
    Files.writeString(
        tied.resolve("config.json"), TINY.config().put("tie_word_embeddings", true).toString());

    assertThat(logits(tied)).isEqualTo(logits(untied));
  }

  /** As in transformers: the configuration says which biases there are. */
  @Test
  void biases_thatTheConfigurationDoesNotName_areNotUsed(@TempDir Path folder) throws IOException {
    Path plain = TINY.writeTo(folder.resolve("plain"));
    Path biased = TinyFamily.QWEN2.writeTo(folder.resolve("biased"));
    Files.writeString(biased.resolve("config.json"), TINY.config().toString());

    assertThat(logits(biased)).isEqualTo(logits(plain));
  }

  private static float[] logits(Path folder) {
    try (LanguageModel model = TinyModels.load(folder, 4)) {
      Scheduler scheduler = new Scheduler(new BlockManager(model.numBlocks(), 4), 1, 64);
      scheduler.add(new Sequence("a", 0, 0, new int[] {65, 66, 67}));
      return model.logits(scheduler.schedule())[0];
    }
  }
}
