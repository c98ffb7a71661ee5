package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class StreamDecoderTest {
  private static final String[] SCRAPS = {
    " hello",
    " the",
    "é",
    "日本語",
    "😀",
    "👩‍👩‍👧",
    " ",
    "  ",
    "\n",
    "a",
    "̈",
    "\u0000",
    "\uFFFD",
    "<|end|>",
    "<tool>",
    "</s>",
  };

  private static ObjectNode definition(String family) {
    ObjectNode definition =
        family.equals("byteLevel") ? TinyTokenizers.byteLevel() : TinyTokenizers.byteFallback();
    if (family.equals("metaspace")) {
      definition
          .putObject("decoder")
          .put("type", "Metaspace")
          .put("replacement", "▁")
          .put("prepend_scheme", "first");
    } else if (family.equals("none")) {
      definition.putNull("decoder");
    }
    return definition;
  }

  @ParameterizedTest
  @ValueSource(strings = {"byteLevel", "byteFallback", "metaspace", "none"})
  void append_anyTextCutAnywhere_isWhatDecodingAddsToThePrompt(String family) {
    Random random = new Random(3);
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(definition(family))) {
      for (int round = 0; round < 2_000; round++) {
        String text = randomText(random);
        int[] ids = tokenizer.encode(text, random.nextBoolean());
        int cut = random.nextInt(ids.length + 1);
        boolean skip = random.nextBoolean();
        String whole = tokenizer.decode(ids, skip);
        String before = streamed(tokenizer, new int[0], Arrays.copyOf(ids, cut), skip, false);
        String after =
            streamed(
                tokenizer,
                Arrays.copyOf(ids, cut),
                Arrays.copyOfRange(ids, cut, ids.length),
                skip,
                true);
        assertThat(before + after).as("%s cut at %d", text, cut).isEqualTo(whole);
      }
    }
  }

  @Test
  void append_randomIds_isWhatTheLibraryDecodes() {
    Random random = new Random(5);
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      for (int round = 0; round < 5_000; round++) {
        int[] ids = random.ints(1 + random.nextInt(12), 0, tokenizer.vocabSize()).toArray();
        if (spellsSurrogate(tokenizer, ids)) {
          continue;
        }
        assertThat(streamed(tokenizer, new int[0], ids, false, true))
            .as(Arrays.toString(ids))
            .isEqualTo(tokenizer.decode(ids, false));
      }
    }
  }

  @Test
  void append_characterOfSeveralTokens_comesWhole() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteFallback())) {
      int[] ids = tokenizer.encode("a😀", false);
      StreamDecoder decoder = tokenizer.newStreamDecoder(new int[] {1}, true);
      assertThat(IntStream.of(ids).mapToObj(decoder::append))
          .containsExactly("", "a", "", "", "", "😀");
    }
  }

  @Test
  void append_spaceAtTheStart_isKeptAfterAPromptOnly() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteFallback())) {
      int hello = tokenizer.id("▁hello").orElseThrow();
      assertThat(tokenizer.newStreamDecoder(new int[] {1}, true).append(hello)).isEqualTo("hello");
      assertThat(tokenizer.newStreamDecoder(new int[] {1}, false).append(hello))
          .isEqualTo(" hello");
      assertThat(tokenizer.newStreamDecoder(new int[] {1, hello}, true).append(hello))
          .isEqualTo(" hello");
    }
  }

  @Test
  void finish_halfACharacter_isOneReplacementCharacter() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      int[] ids = tokenizer.encode("ü", false);
      StreamDecoder decoder = tokenizer.newStreamDecoder(new int[0], true);
      assertThat(decoder.append(ids[0])).isEmpty();
      assertThat(decoder.finish()).isEqualTo("\uFFFD");
      assertThat(decoder.finish()).isEmpty();
    }
  }

  @Test
  void append_idOutsideTheVocabulary_isNoText() {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      StreamDecoder decoder = tokenizer.newStreamDecoder(new int[0], false);
      assertThat(decoder.append(1_000_000) + decoder.append(-1)).isEmpty();
    }
  }

  private static String streamed(
      Tokenizer tokenizer, int[] prompt, int[] ids, boolean skip, boolean finish) {
    StreamDecoder decoder = tokenizer.newStreamDecoder(prompt, skip);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.append(id));
    }
    return finish ? text + decoder.finish() : text.toString();
  }

  /** Bytes ED A0 to ED BF: the JDK makes one U+FFFD of a surrogate, Rust three. */
  private static boolean spellsSurrogate(Tokenizer tokenizer, int[] ids) {
    int last = 0;
    for (int id : ids) {
      for (byte b : tokenizer.bytes(id, false)) {
        if (last == 0xED && (b & 0xFF) >= 0xA0) {
          return true;
        }
        last = b & 0xFF;
      }
    }
    return false;
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      text.append(SCRAPS[random.nextInt(SCRAPS.length)]);
    }
    return text.toString();
  }
}
