package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class FewestTokensTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Of the byte-level vocabulary, {@code <|end|>} is longest. */
  private static final int LONGEST = 7;

  private static final String TEXT = "x".repeat(70_000);

  @Test
  void longestToken_limitsWhatATextCanBecome() {
    assertThat(fewest(TinyTokenizers.byteLevel(), TEXT)).isEqualTo(70_000 / LONGEST);
    assertThat(fewest(TinyTokenizers.byteLevel(), TEXT + "x")).isEqualTo(70_000 / LONGEST + 1);
    assertThat(fewest(TinyTokenizers.byteLevel(), "")).isZero();
  }

  @Test
  void composedCharacters_countAsFour() {
    ObjectNode composing = TinyTokenizers.byteLevel();
    composing.set("normalizer", JSON.readTree("{\"type\": \"NFC\"}"));
    assertThat(fewest(composing, TEXT)).isEqualTo(70_000 / LONGEST / 4);
  }

  @Test
  void whitespace_doesNotCount() {
    assertThat(fewest(TinyTokenizers.byteLevel(), " \t\n\u2581".repeat(70_000))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"normalizer\": {\"type\": \"StripAccents\"}}",
        "{\"normalizer\": {\"type\": \"Replace\", \"pattern\": {\"String\": \"xx\"},"
            + " \"content\": \"x\"}}",
        "{\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Replace\","
            + " \"pattern\": {\"Regex\": \"x+\"}, \"content\": \"xxxxxxxx\"}]}}",
        "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"ByteLevel\"},"
            + " {\"type\": \"Split\", \"behavior\": \"Removed\"}]}}",
        "{\"pre_tokenizer\": {\"type\": \"CharDelimiterSplit\"}}",
        "{\"pre_tokenizer\": null}"
      })
  void tokenizerThatMayDropCharacters_saysNothing(String changes) {
    ObjectNode definition = TinyTokenizers.byteLevel();
    definition.setAll((ObjectNode) JSON.readTree(changes));
    assertThat(fewest(definition, TEXT)).isZero();
  }

  @Test
  void noTextHasFewer() {
    List<String> parts =
        List.of("<|end|>", "<tool>", " hello", "日本", "語", "😀", "é", "x", " ", "\n", "▁", "Ġ");
    Random random = new Random(7);
    for (ObjectNode definition :
        List.of(TinyTokenizers.byteLevel(), TinyTokenizers.byteFallback())) {
      try (HuggingFaceTokenizer tokenizer = new HuggingFaceTokenizer(definition)) {
        for (int i = 0; i < 500; i++) {
          StringBuilder text = new StringBuilder();
          String favourite = parts.get(random.nextInt(parts.size()));
          for (int j = random.nextInt(50); j > 0; j--) {
            text.append(random.nextBoolean() ? favourite : parts.get(random.nextInt(parts.size())));
          }
          assertThat(tokenizer.encode(text.toString(), false))
              .as(text.toString())
              .hasSizeGreaterThanOrEqualTo(tokenizer.fewestTokens(text.toString()));
        }
      }
    }
  }

  private static int fewest(ObjectNode definition, String text) {
    return new FewestTokens(definition, new Vocabulary(definition)).of(text);
  }
}
