package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.Invalid;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class HuggingFaceTokenizerTest {

  @Test
  void encode_longTexts_areNeverCut() {
    ObjectNode definition = TinyTokenizers.byteLevel();
    definition.set(
        "truncation",
        JsonMapper.shared()
            .readTree(
                """
                {"direction": "Right", "max_length": 16, "strategy": "LongestFirst", "stride": 0}
                """));
    definition.set(
        "padding",
        JsonMapper.shared()
            .readTree(
                """
                {"strategy": {"Fixed": 32}, "direction": "Right", "pad_to_multiple_of": null,
                 "pad_id": 0, "pad_type_id": 0, "pad_token": "<|end|>"}
                """));
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(definition)) {
      assertThat(tokenizer.encode(" hello".repeat(20_000), true)).hasSize(20_000);
      assertThat(tokenizer.encode("x".repeat(100_000), true)).hasSize(100_000);
      assertThat(tokenizer.encode(" ".repeat(100_000), true)).hasSize(100_000);
      assertThat(tokenizer.encode(" the", true)).hasSize(1);
    }
  }

  @Test
  void encode_hundredThousandCharactersWithoutASpace_worksWithSentencePieceToo() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteFallback())) {
      assertThat(tokenizer.encode("hello".repeat(20_000), false)).hasSizeGreaterThan(20_000);
    }
  }

  @Test
  void encode_textPastAllLimits_isRefused() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      String spaces = " ".repeat((1 << 21) - 1);
      assertThat(tokenizer.encode(spaces + "x", true)).hasSize(1 << 21);
      assertThatThrownBy(() -> tokenizer.encode(spaces + "xx", true))
          .isInstanceOf(Invalid.class)
          .hasMessage("the prompt has 2097153 characters; the limit is 2097152");
    }
  }

  @Test
  void encode_emptyText_hasOnlySpecialTokens() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteFallback())) {
      assertThat(tokenizer.encode("", false)).isEmpty();
      assertThat(tokenizer.encode("", true)).containsExactly(1);
      assertThat(tokenizer.decode(new int[0], true)).isEmpty();
    }
  }

  @Test
  void encode_loneSurrogate_isReadAsReplacementCharacter() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      int[] ids = tokenizer.encode("a\uD83D😀\uDE00b\u0000", false);
      assertThat(tokenizer.decode(ids, false)).isEqualTo("a\uFFFD😀\uFFFDb\u0000");
    }
  }

  @Test
  void encode_specialTokensInText_areSpecialTokens() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      int[] ids = tokenizer.encode(" the<|end|><tool>", false);
      assertThat(ids).hasSize(3).contains(0);
      assertThat(tokenizer.decode(ids, true)).isEqualTo(" the<tool>");
      assertThat(tokenizer.decode(ids, false)).isEqualTo(" the<|end|><tool>");
      assertThat(tokenizer.specialIds()).containsExactly(0);
    }
  }

  @Test
  void decode_idsOutsideTheVocabulary_areLeftOut() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      int a = tokenizer.id("a").orElseThrow();
      assertThat(tokenizer.decode(new int[] {-1, a, Integer.MAX_VALUE}, false)).isEqualTo("a");
      assertThat(tokenizer.id("<tool>")).hasValue(tokenizer.vocabSize() - 1);
      assertThat(tokenizer.id("no such token")).isEmpty();
    }
  }

  @Test
  void encode_fromManyThreads_agrees() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      int[] expected = tokenizer.encode(" hello the 日本 hello", false);
      CompletableFuture<?>[] calls =
          IntStream.range(0, 200)
              .mapToObj(
                  i ->
                      CompletableFuture.runAsync(
                          () ->
                              assertThat(tokenizer.encode(" hello the 日本 hello", false))
                                  .isEqualTo(expected)))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(calls).join();
    }
  }

  @Test
  void close_laterCallsFail() {
    Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel());
    tokenizer.close();
    tokenizer.close();
    assertThatThrownBy(() -> tokenizer.encode("a", true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void constructor_invalidDefinition_saysWhy() {
    ObjectNode definition = TinyTokenizers.byteLevel();
    definition.putObject("model").put("type", "Nonsense");
    assertThatThrownBy(() -> new HuggingFaceTokenizer(definition))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the tokenizer is not valid");
  }

  @Test
  void constructor_damagedCharsmap_doesNotEndTheProcess() {
    ObjectNode definition = TinyTokenizers.byteFallback();
    for (String damaged :
        List.of("", "AAAA", "AQAAAGFiY2Q=", "CAAAAGFiY2Q=", "!", "BAAAAGFiY2T/")) {
      definition
          .putObject("normalizer")
          .put("type", "Precompiled")
          .put("precompiled_charsmap", damaged);
      assertThatThrownBy(() -> new HuggingFaceTokenizer(definition))
          .as(damaged)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("precompiled_charsmap is damaged");
    }
  }

  @Test
  void constructor_absurdIds_areRefused() {
    for (int id : new int[] {-1, Integer.MAX_VALUE}) {
      ObjectNode definition = TinyTokenizers.byteLevel();
      ((ObjectNode) definition.at("/model/vocab")).put("far", id);
      assertThatThrownBy(() -> new HuggingFaceTokenizer(definition))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"far\"");
    }
  }

  @Test
  void constructor_unknownDecoder_isNamed() {
    ObjectNode definition = TinyTokenizers.byteLevel();
    definition.putObject("decoder").put("type", "CTC");
    assertThatThrownBy(() -> new HuggingFaceTokenizer(definition))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"CTC\"");
  }
}
