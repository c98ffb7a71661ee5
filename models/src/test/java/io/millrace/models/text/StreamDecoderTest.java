package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        assertThat(streamed(tokenizer, new int[0], ids, false, true))
            .as(Arrays.toString(ids))
            .isEqualTo(tokenizer.decode(ids, false));
      }
    }
  }

  /** All beginnings of characters, right and wrong, with what may follow them. */
  @ParameterizedTest
  @ValueSource(strings = {"byteLevel", "byteFallback"})
  void append_bytesThatAreNoCharacter_areReplacedAsTheLibraryReplacesThem(String family) {
    int[] firsts = {0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE6, 0xEC, 0xED, 0xEE, 0xEF};
    int[] further = {0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFE, 0xFF, 0x41};
    int[] seconds = {-1, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xAF, 0xB0, 0xBF, 0xC3, 0xED};
    int[] thirds = {-1, 0x41, 0x80, 0xA0, 0xBF, 0xED, 0xF0};
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(definition(family))) {
      int a = tokenizer.id("a").orElseThrow();
      for (int first : IntStream.concat(IntStream.of(firsts), IntStream.of(further)).toArray()) {
        for (int second : seconds) {
          for (int third : thirds) {
            int[] bytes = IntStream.of(first, second, third).filter(b -> b >= 0).toArray();
            int[] ids = IntStream.of(bytes).map(b -> idOfByte(tokenizer, b)).toArray();
            int[] between = new int[ids.length + 2];
            between[0] = a;
            System.arraycopy(ids, 0, between, 1, ids.length);
            between[ids.length + 1] = a;
            String expected = tokenizer.decode(between, false);
            if (family.equals("byteFallback") && isShownEarly(bytes, expected)) {
              continue;
            }
            assertThat(streamed(tokenizer, new int[0], between, false, true))
                .as(Arrays.toString(bytes))
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  private static int idOfByte(Tokenizer tokenizer, int unsignedByte) {
    return tokenizer
        .id(Piece.byteSpelling(unsignedByte))
        .orElseGet(
            () -> tokenizer.id("" + TinyTokenizers.byteCharacter(unsignedByte)).orElseThrow());
  }

  /** Whether the library gives up a run of bytes of which a part is a character. */
  private static boolean isShownEarly(int[] bytes, String decoded) {
    if (!decoded.equals("a" + "\uFFFD".repeat(bytes.length) + "a")) {
      return false;
    }
    byte[] run = new byte[bytes.length];
    for (int i = 0; i < run.length; i++) {
      run[i] = (byte) bytes[i];
    }
    return new String(run, StandardCharsets.UTF_8).codePoints().anyMatch(c -> c != 0xFFFD);
  }

  @ParameterizedTest
  @CsvSource({
    // Surrogates, whole, in part, and in pairs; what is no surrogate.
    "ED A0 80, 3",
    "ED BF BF, 3",
    "ED A0, 2",
    "ED, 1",
    "ED A0 BD ED B8 80, 6",
    "ED A0 41, 2",
    "ED 9F, 1",
    "F0 9F 98, 1",
    "F4 90 80 80, 4",
  })
  void append_surrogates_areOneReplacementForEachByte(String hex, int expected) {
    try (Tokenizer tokenizer = new HuggingFaceTokenizer(TinyTokenizers.byteLevel())) {
      int[] ids =
          Arrays.stream(hex.split(" "))
              .mapToInt(b -> idOfByte(tokenizer, Integer.parseInt(b, 16)))
              .toArray();
      String text = streamed(tokenizer, new int[0], ids, false, true);
      assertThat(text.replace("A", "")).isEqualTo("\uFFFD".repeat(expected));
      assertThat(text).isEqualTo(tokenizer.decode(ids, false));
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

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      text.append(SCRAPS[random.nextInt(SCRAPS.length)]);
    }
    return text.toString();
  }
}
