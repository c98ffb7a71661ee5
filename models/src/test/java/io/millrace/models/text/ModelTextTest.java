package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.weights.BadCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTextTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeTokenizer() throws IOException {
    write("tokenizer.json", TinyTokenizers.byteFallback().toString());
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void load_stopIds_areThoseOfAllFilesTogether() throws IOException {
    write("config.json", "{\"eos_token_id\": 7}");
    write(
        "generation_config.json",
        "{\"eos_token_id\": [8, 9], \"user_token_id\": 195, \"assistant_token_id\": 196}");
    write("tokenizer_config.json", "{\"eos_token\": {\"content\": \"</s>\", \"lstrip\": false}}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.stopIds()).containsExactlyInAnyOrder(2, 7, 8, 9, 195, 196);
    }
  }

  @Test
  void load_specialTokens_leavesOutWhatIsNull() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"bos_token": null, "eos_token": "</s>", "pad_token": {"content": "<unk>"},
         "model_max_length": 1000000000000000019884624838656}
        """);
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.specialTokens()).containsOnlyKeys("eos_token", "pad_token");
      assertThat(text.specialTokens()).containsEntry("pad_token", "<unk>");
    }
  }

  @Test
  void load_specialTokensMap_countsWhereTheConfigurationHasNoAddedTokens() throws IOException {
    write("tokenizer_config.json", "{\"eos_token\": \"<unk>\"}");
    write("special_tokens_map.json", "{\"eos_token\": \"</s>\", \"bos_token\": \"<s>\"}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.specialTokens())
          .containsEntry("eos_token", "</s>")
          .containsEntry("bos_token", "<s>");
    }
  }

  @Test
  void load_tokensThatOnlyTheConfigurationNames_areAdded() throws IOException {
    int next;
    try (ModelText text = ModelText.load(folder)) {
      next = text.tokenizer().vocabSize();
    }
    write(
        "tokenizer_config.json",
        """
        {"eos_token": "<|im_end|>", "additional_special_tokens": ["▁the"],
         "added_tokens_decoder": {"%d": {"content": "<|im_end|>", "special": true},
                                  "%d": {"content": "<think>", "special": false}}}
        """
            .formatted(next, next + 1));
    try (ModelText text = ModelText.load(folder)) {
      Tokenizer tokenizer = text.tokenizer();
      int the = tokenizer.id("▁the").orElseThrow();
      assertThat(tokenizer.encode("<|im_end|><think>▁the", false))
          .containsExactly(next, next + 1, the);
      assertThat(tokenizer.decode(new int[] {next, next + 1, the}, true)).isEqualTo("<think>");
      assertThat(text.stopIds()).containsExactly(next);
    }
  }

  @Test
  void load_llamasTokenizerClass_decidesAboutTheBeginningOfSequence() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"tokenizer_class\": \"LlamaTokenizerFast\", \"add_bos_token\": false}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.tokenizer().encode("hello", true)).doesNotContain(1);
    }
    write(
        "tokenizer_config.json",
        """
        {"tokenizer_class": "LlamaTokenizer", "add_bos_token": true, "add_eos_token": true}
        """);
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.tokenizer().encode("hello", true)).startsWith(1).endsWith(2);
    }
    write("tokenizer_config.json", "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.tokenizer().encode("hello", true)).startsWith(1).doesNotContain(2);
    }
  }

  @Test
  void chatTemplate_file_comesBeforeTheConfiguration() throws IOException {
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.chatTemplate(false)).isNull();
    }
    write("tokenizer_config.json", "{\"chat_template\": \"of the configuration\"}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.chatTemplate(false)).isEqualTo("of the configuration");
      assertThat(text.chatTemplate(true)).isEqualTo("of the configuration");
    }
    write("chat_template.jinja", "of a file\n");
    write("additional_chat_templates/tool_use.jinja", "for tools");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.chatTemplate(false)).isEqualTo("of a file\n");
      assertThat(text.chatTemplate(true)).isEqualTo("for tools");
    }
  }

  @Test
  void chatTemplate_listOfNamedOnes_isChosenFrom() throws IOException {
    write(
        "tokenizer_config.json",
        """
        {"chat_template": [{"name": "default", "template": "d"},
                           {"name": "tool_use", "template": "t"}]}
        """);
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.chatTemplate(false)).isEqualTo("d");
      assertThat(text.chatTemplate(true)).isEqualTo("t");
    }
  }

  @Test
  void generation_config_givesTheDefaultsOfSampling() throws IOException {
    write(
        "generation_config.json",
        """
        {"do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95,
         "repetition_penalty": 1.05}
        """);
    try (ModelText text = ModelText.load(folder)) {
      GenerationConfig generation = text.generation();
      assertThat(generation.doSample()).isTrue();
      assertThat(generation.temperature()).isEqualTo(0.6);
      assertThat(generation.topK()).isEqualTo(20);
      assertThat(generation.topP()).isEqualTo(0.95);
      assertThat(generation.minP()).isNull();
      assertThat(generation.repetitionPenalty()).isEqualTo(1.05);
    }
  }

  @Test
  void load_missingOrDamagedFiles_areNamed() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\": ");
    assertThatThrownBy(() -> ModelText.load(folder))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("tokenizer_config.json: is not valid JSON");
    write("tokenizer_config.json", "[]");
    assertThatThrownBy(() -> ModelText.load(folder))
        .hasMessageContaining("must hold a JSON object");
    Files.delete(folder.resolve("tokenizer_config.json"));
    write("tokenizer.json", "{\"model\": {\"type\": \"BPE\"}}");
    assertThatThrownBy(() -> ModelText.load(folder))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("the tokenizer is not valid");
    Files.delete(folder.resolve("tokenizer.json"));
    assertThatThrownBy(() -> ModelText.load(folder))
        .hasMessageContaining("has neither a tokenizer.json nor a tokenizer.model");
  }
}
