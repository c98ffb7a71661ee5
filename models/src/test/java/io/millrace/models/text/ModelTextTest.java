package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.protocol.SamplingParams;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  void stopIdsWithin_areThoseThatTheModelHasScoresFor() throws IOException {
    write("config.json", "{\"eos_token_id\": 7, \"vocab_size\": 9}");
    write("generation_config.json", "{\"eos_token_id\": [8, 9, -1, 128001, 5000000000]}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.stopIdsWithin(9)).containsExactly(7, 8);
      assertThat(text.stopIdsWithin(200_000)).containsExactly(7, 8, 9, 128001);
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
  void generation_config_givesTheDefaultsOfSampling() throws IOException {
    write(
        "generation_config.json",
        """
        {"do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95,
         "repetition_penalty": 1.05, "min_p": 7, "seed": 3}
        """);
    try (ModelText text = ModelText.load(folder)) {
      SamplingParams generation = text.generation().sampling();
      assertThat(generation.temperature()).isEqualTo(0.6);
      assertThat(generation.topK()).isEqualTo(20);
      assertThat(generation.topP()).isEqualTo(0.95);
      assertThat(generation.minP()).isNull();
      assertThat(generation.repetitionPenalty()).isEqualTo(1.05);
    }
  }

  @Test
  void generation_config_countsWhateverDoSampleSays() throws IOException {
    write("generation_config.json", "{\"do_sample\": false, \"temperature\": 0.6}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.generation().sampling().temperature()).isEqualTo(0.6);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "generation_config.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "chat_template.json",
      })
  void load_numbersThatPythonWritesAndJsonLacks_areRead(String name) throws IOException {
    for (String number : List.of("NaN", "Infinity", "-Infinity")) {
      write(name, "{\"▁the\": " + number + "}");
      ModelText.load(folder).close();
    }
  }

  /** Nor does Hugging Face's library read them. */
  @Test
  void load_tokenizerWithNumbersThatJsonLacks_isRefused() throws IOException {
    String tokenizer = TinyTokenizers.byteFallback().toString();
    write("tokenizer.json", "{\"a\": NaN, " + tokenizer.substring(1));
    assertThatThrownBy(() -> ModelText.load(folder))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("the tokenizer is not valid");
  }

  @Test
  void generationConfig_numberThatIsNone_saysNothing() throws IOException {
    write("generation_config.json", "{\"temperature\": NaN, \"top_p\": Infinity, \"min_p\": 0.1}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.generation().sampling().temperature()).isNull();
      assertThat(text.generation().sampling().topP()).isNull();
      assertThat(text.generation().sampling().minP()).isEqualTo(0.1);
    }
  }

  /** Null and what is no length say nothing. */
  @ParameterizedTest
  @CsvSource({"100, 100", "1, 1", "0,", "-1,", "null,", "2.5,", "'\"9\"',", "1e30,"})
  void generationConfig_saysHowLongAnAnswerIs(String json, @Nullable Integer expected)
      throws IOException {
    write("generation_config.json", "{\"max_new_tokens\": " + json + "}");
    try (ModelText text = ModelText.load(folder)) {
      assertThat(text.generation().maxNewTokens()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "config.json, 1048576",
    "generation_config.json, 1048576",
    "tokenizer_config.json, 67108864",
    "special_tokens_map.json, 67108864",
    "added_tokens.json, 67108864",
    "chat_template.json, 16777216",
    "chat_template.jinja, 16777216",
    "additional_chat_templates/rag.jinja, 16777216",
    "tokenizer.json, 268435456",
    "tokenizer.model, 268435456",
  })
  void load_fileThatIsTooLarge_isRefusedUnread(String name, long limit) throws IOException {
    if (name.equals("tokenizer.model")) {
      Files.delete(folder.resolve("tokenizer.json"));
    }
    write(name, "");
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.setLength(limit + 1);
    }
    assertThatThrownBy(() -> ModelText.load(folder))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessage("%s: has %d bytes; the limit is %d", folder.resolve(name), limit + 1, limit);
  }

  @Test
  void load_missingOrDamagedFiles_areNamed() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\": ");
    assertThatThrownBy(() -> ModelText.load(folder))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("tokenizer_config.json: is not valid JSON");
    write("tokenizer_config.json", "[]");
    assertThatThrownBy(() -> ModelText.load(folder)).hasMessageContaining("must be a JSON object");
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
