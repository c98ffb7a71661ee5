package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.models.weights.ModelFiles.Format;
import io.millrace.models.weights.ModelFiles.Weights;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelFilesTest {
  private static final String INDEX = "model.safetensors.index.json";

  private static ModelFiles files(String... names) {
    return new ModelFiles(List.of(names));
  }

  private static Weights safetensors(String... names) {
    return new Weights(Format.SAFETENSORS, null, List.of(names));
  }

  @Test
  void weights_areTheFirstOfTransformersForms() {
    assertThat(files("pytorch_model.bin", INDEX, "model.safetensors", "x.gguf").weights())
        .contains(safetensors("model.safetensors"));
    assertThat(files("pytorch_model.bin", INDEX, "model-00001-of-00002.safetensors").weights())
        .contains(new Weights(Format.SAFETENSORS, INDEX, List.of()));
    assertThat(files("pytorch_model.bin", "extra.safetensors").weights())
        .contains(new Weights(Format.TORCH, null, List.of("pytorch_model.bin")));
    assertThat(files("pytorch_model.bin.index.json", "a.gguf").weights())
        .contains(new Weights(Format.TORCH, "pytorch_model.bin.index.json", List.of()));
    assertThat(files("config.json", "training_args.bin", "a.gguf").weights()).isEmpty();
  }

  @Test
  void weights_ofOtherNames_areSafetensorsThatAreNoneOfAnAdapter() {
    assertThat(files("b.safetensors", "adapter_model.safetensors", "onnx/c.safetensors").weights())
        .contains(safetensors("b.safetensors"));
    assertThat(files("consolidated.safetensors").weights()).isEmpty();
  }

  @Test
  void weights_areComplete_whereEveryShardIsThere() {
    String first = "w-00001-of-00002.safetensors";
    assertThat(safetensors(first, "w-00002-of-00002.safetensors").isComplete()).isTrue();
    assertThat(safetensors(first).isComplete()).isFalse();
    assertThat(safetensors("a.safetensors").isComplete()).isTrue();
    assertThat(safetensors("a.safetensors", "b.safetensors").isComplete()).isFalse();
  }

  @Test
  void ggufs_countASplitOnce() {
    ModelFiles split = files("q/m-00001-of-00002.gguf", "q/m-00002-of-00002.gguf", "config.json");
    assertThat(split.onlyGguf()).contains("q/m-00001-of-00002.gguf");
    assertThat(ModelFiles.ggufParts("q/m-00002-of-00002.gguf"))
        .containsExactly("q/m-00001-of-00002.gguf", "q/m-00002-of-00002.gguf");
    assertThat(files("a.gguf", "b.gguf").onlyGguf()).isEmpty();
    assertThat(files("a.gguf", "b.gguf").ggufs()).containsExactly("a.gguf", "b.gguf");
    assertThat(files("a.gguf", "model.safetensors").onlyGguf()).isEmpty();
    assertThat(ModelFiles.ggufParts("a.gguf")).containsExactly("a.gguf");
  }

  @Test
  void descriptions_areConfigurationTokenizerAndTemplates() {
    assertThat(
            files(
                    "README.md",
                    "config.json",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "chat_template.jinja",
                    "additional_chat_templates/rag.jinja",
                    "onnx/config.json")
                .descriptions())
        .containsExactly(
            "additional_chat_templates/rag.jinja",
            "chat_template.jinja",
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json");
    assertThat(files("config.json", "tokenizer.model").describeAModel()).isTrue();
    assertThat(files("config.json").describeAModel()).isFalse();
  }
}
