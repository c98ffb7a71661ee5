package io.millrace.models.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.testing.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTextTest {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;

  @TempDir private Path folder;

  private ModelText load(GgufWriter file) throws IOException {
    return ModelText.load(Files.write(folder.resolve("model.gguf"), file.toBytes()));
  }

  /** The bytes, merges of digits and letters, three control tokens and a user's. */
  private static GgufWriter byteLevel() {
    List<String> tokens = new ArrayList<>();
    IntStream.range(0, 256).forEach(b -> tokens.add("" + TinyTokenizers.byteCharacter(b)));
    tokens.addAll(List.of("12", "123", "1234", "ab", "Ġab", "ABc"));
    int normal = tokens.size();
    tokens.addAll(List.of("<|im_start|>", "<|im_end|>", "<|endoftext|>", "<tool call>"));
    int[] types = new int[tokens.size()];
    Arrays.fill(types, NORMAL);
    Arrays.fill(types, normal, tokens.size() - 1, CONTROL);
    types[tokens.size() - 1] = USER_DEFINED;
    return new GgufWriter()
        .put("general.architecture", "llama")
        .put(PREFIX + "model", "gpt2")
        .putStrings(PREFIX + "tokens", tokens)
        .putInts(PREFIX + "token_type", types)
        .putStrings(PREFIX + "merges", List.of("1 2", "12 3", "123 4", "a b", "Ġ ab"))
        .put(PREFIX + "bos_token_id", normal)
        .put(PREFIX + "eos_token_id", normal + 1);
  }

  /** The same with other tokens at its end, and without ids of special ones. */
  private static GgufWriter byteLevel(List<String> more, int... types) {
    List<String> tokens = new ArrayList<>();
    IntStream.range(0, 256).forEach(b -> tokens.add("" + TinyTokenizers.byteCharacter(b)));
    int[] all = new int[tokens.size() + more.size()];
    Arrays.fill(all, NORMAL);
    System.arraycopy(types, 0, all, tokens.size(), types.length);
    tokens.addAll(more);
    return new GgufWriter()
        .put("general.architecture", "llama")
        .put(PREFIX + "model", "gpt2")
        .put(PREFIX + "pre", "smollm")
        .putStrings(PREFIX + "tokens", tokens)
        .putInts(PREFIX + "token_type", all)
        .putStrings(PREFIX + "merges", List.of());
  }

  private static List<String> tokens(ModelText text, String prompt, boolean addSpecialTokens) {
    return Arrays.stream(text.tokenizer().encode(prompt, addSpecialTokens))
        .mapToObj(((HuggingFaceTokenizer) text.tokenizer())::token)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "smollm, 1 2 3 4",
    "qwen2, 1 2 3 4",
    "tekken, 1 2 3 4",
    "deepseek-llm, 1 2 3 4",
    "llama-bpe, 123 4",
    "gpt-4o, 123 4",
    "deepseek-v3, 123 4",
    "gpt-2, 1234",
    "default, 123 4",
  })
  void encode_digits_areCutAsThePreTokenizerSays(String pre, String expected) throws IOException {
    try (ModelText text = load(byteLevel().put(PREFIX + "pre", pre))) {
      assertThat(tokens(text, "1234", false)).containsExactly(expected.split(" "));
      assertThat(tokens(text, " ab", false)).containsExactly("Ġab");
    }
  }

  /** One name of each kind. */
  static List<String> preTokenizers() {
    return List.of(
        ("default gpt-2 smollm llama-bpe dbrx qwen2 qwen35 tekken gpt-4o deepseek-llm"
                + " deepseek-coder deepseek-v3")
            .split(" "));
  }

  @ParameterizedTest
  @MethodSource("preTokenizers")
  void decode_ofEncode_isTheText(String pre) throws IOException {
    String prompt =
        "It's 12:30;  we'll MEET at O'Brien's\r\n\n\t x_y/z 你好、世界! ÀÉ é Ж 🙂🚀 <tool call>  ";
    try (ModelText text = load(byteLevel().put(PREFIX + "pre", pre))) {
      assertThat(text.tokenizer().decode(text.tokenizer().encode(prompt, false), false))
          .isEqualTo(prompt);
      assertThat(tokens(text, "a<tool call><|im_end|>", false))
          .containsExactly("a", "<tool call>", "<|im_end|>");
    }
  }

  @ParameterizedTest
  @MethodSource("preTokenizers")
  void encode_longRuns_takeNoQuadraticTime(String pre) throws IOException {
    try (ModelText text = load(byteLevel().put(PREFIX + "pre", pre))) {
      for (String run : List.of(" ", "\n", "a", "A", "-", "9", "'", "語")) {
        String prompt = run.repeat(50_000) + "1";
        assertThat(text.tokenizer().encode(prompt, false).length).isGreaterThanOrEqualTo(10_000);
      }
    }
  }

  @Test
  void preTokenizer_allNames_areKnownAndEachIsOfOneKind() {
    List<String> names = List.of(PreTokenizer.allNames().split(", "));
    assertThat(names).doesNotHaveDuplicates().containsAll(preTokenizers());
    assertThat(names).allMatch(name -> PreTokenizer.named(name).isPresent());
    assertThat(preTokenizers().stream().map(PreTokenizer::named).distinct())
        .hasSize(PreTokenizer.values().length);
  }

  @Test
  void encode_wordThatIsAToken_staysWholeWhereTheModelWantsIt() throws IOException {
    try (ModelText text = load(byteLevel().put(PREFIX + "pre", "llama-bpe"))) {
      assertThat(tokens(text, "ABc", false)).containsExactly("ABc");
      assertThat(tokens(text, "ab", true)).containsExactly("<|im_start|>", "ab");
    }
    try (ModelText text = load(byteLevel().put(PREFIX + "pre", "smollm"))) {
      assertThat(tokens(text, "ABc", false)).containsExactly("A", "B", "c");
      assertThat(tokens(text, "ab", true)).containsExactly("ab");
    }
  }

  @Test
  void encode_addedTokens_areThoseThatTheFileAsksFor() throws IOException {
    GgufWriter file =
        byteLevel().put(PREFIX + "add_bos_token", true).put(PREFIX + "add_eos_token", true);
    try (ModelText text = load(file)) {
      assertThat(tokens(text, "ab", true)).containsExactly("<|im_start|>", "ab", "<|im_end|>");
      assertThat(tokens(text, "ab", false)).containsExactly("ab");
    }
  }

  @Test
  void load_metadata_givesSpecialTokensStopsAndTemplates() throws IOException {
    GgufWriter file =
        byteLevel()
            .put(PREFIX + "unknown_token_id", 1_000_000)
            .put("tokenizer.chat_template", "plain")
            .put("tokenizer.chat_template.tool_use", "with tools");
    try (ModelText text = load(file)) {
      assertThat(text.specialTokens())
          .containsOnly(
              Map.entry("bos_token", "<|im_start|>"), Map.entry("eos_token", "<|im_end|>"));
      assertThat(text.stopIds().stream().map(id -> text.tokenizer().decode(new int[] {id}, false)))
          .containsExactlyInAnyOrder("<|im_end|>", "<|endoftext|>");
      assertThat(text.chatTemplates())
          .containsOnly(Map.entry("default", "plain"), Map.entry("tool_use", "with tools"));
      assertThat(text.tokenizer().decode(text.tokenizer().encode("a<|im_end|>", false), true))
          .isEqualTo("a");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<|im_end|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "<|end|>",
        "<|return|>",
        "<|call|>",
        "<|endoftext|>",
        "<|end_of_text|>",
        "<end_of_turn>",
        "<end_of_utterance>",
        "</s>",
        "<eos>",
        "<EOT>",
        "_<EOT>",
        "[EOT]",
        "[EOS]",
        "<turn|>",
        "<｜end▁of▁sentence｜>",
      })
  void endOfTurn_isAControlTokenWhateverItsType(String end) throws IOException {
    for (int type : new int[] {NORMAL, USER_DEFINED, UNUSED, CONTROL, 0, 77}) {
      try (ModelText text = load(byteLevel(List.of(end, "<tool>"), type, USER_DEFINED))) {
        Tokenizer tokenizer = text.tokenizer();
        assertThat(text.stopIds()).as("type %d", type).containsExactly(256);
        assertThat(tokenizer.specialIds()).containsExactly(256);
        assertThat(tokenizer.encode("a" + end + "<tool>", false)).endsWith(256, 257);
        assertThat(tokenizer.decode(new int[] {256, 257}, true)).isEqualTo("<tool>");
      }
    }
  }

  @Test
  void endOfTurn_isNoOtherTokenOfThatType() throws IOException {
    List<String> others = List.of("<|start|>", "<|im_end|", "im_end", "<tool>");
    try (ModelText text = load(byteLevel(others, CONTROL, NORMAL, USER_DEFINED, USER_DEFINED))) {
      assertThat(text.stopIds()).isEmpty();
      assertThat(text.tokenizer().specialIds()).containsExactly(256);
    }
  }

  @Test
  void idsWithOneText_keepTheirOwn() throws IOException {
    List<String> twice = List.of("ab", "ab", "<|im_end|>", "<|im_end|>", "<x>", "<x>", "", "");
    GgufWriter file =
        byteLevel(twice, NORMAL, NORMAL, NORMAL, CONTROL, CONTROL, USER_DEFINED, NORMAL, NORMAL)
            .put(PREFIX + "eos_token_id", 258)
            .put(PREFIX + "bos_token_id", 260)
            .put(PREFIX + "add_bos_token", true);
    try (ModelText text = load(file)) {
      Tokenizer tokenizer = text.tokenizer();
      assertThat(tokenizer.vocabSize()).isEqualTo(264);
      for (int id : new int[] {256, 257}) {
        assertThat(tokenizer.bytes(id, false)).asString(UTF_8).isEqualTo("ab");
        assertThat(tokenizer.decode(new int[] {id, id}, false)).isEqualTo("abab");
      }
      for (int id : new int[] {260, 261}) {
        assertThat(tokenizer.decode(new int[] {id}, false)).isEqualTo("<x>");
      }
      assertThat(tokenizer.bytes(262, false)).isEmpty();
      assertThat(text.stopIds()).containsExactlyInAnyOrder(258, 259);
      assertThat(tokenizer.specialIds()).containsExactlyInAnyOrder(258, 259, 260);
      // The last of them is what a text becomes, as in llama.cpp; what the file adds is by id.
      assertThat(tokenizer.encode("<|im_end|>", true)).containsExactly(260, 259);
    }
  }

  @Test
  void load_anyPartOfASplit_readsTheFirst() throws IOException {
    Files.write(folder.resolve("m-00001-of-00002.gguf"), byteLevel().toBytes());
    Path second = Files.write(folder.resolve("m-00002-of-00002.gguf"), new byte[0]);
    try (ModelText text = ModelText.load(second)) {
      assertThat(text.tokenizer().id("<|im_end|>")).isPresent();
    }
  }

  /** Pieces of which "▁ab" can be made by merges, and "abc" too, though with a lower score. */
  private static GgufWriter sentencePiece() {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    List<Integer> types = new ArrayList<>(List.of(UNKNOWN, CONTROL, CONTROL));
    IntStream.range(0, 256).forEach(b -> tokens.add(Piece.byteSpelling(b)));
    IntStream.range(0, 256).forEach(b -> types.add(BYTE));
    for (String piece : List.of("ab", "▁ab", "bc", "abc", "▁", "a", "b", "c")) {
      tokens.add(piece);
      types.add(NORMAL);
    }
    float[] scores = new float[tokens.size()];
    for (int id = 259; id < scores.length; id++) {
      scores[id] = 259 - id;
    }
    return new GgufWriter()
        .put("general.architecture", "llama")
        .put(PREFIX + "model", "llama")
        .putStrings(PREFIX + "tokens", tokens)
        .putFloats(PREFIX + "scores", scores)
        .putInts(PREFIX + "token_type", types.stream().mapToInt(type -> type).toArray())
        .put(PREFIX + "bos_token_id", 1)
        .put(PREFIX + "eos_token_id", 2);
  }

  @Test
  void encode_sentencePiece_mergesByScoreAndSpellsTheRestInBytes() throws IOException {
    try (ModelText text = load(sentencePiece())) {
      assertThat(tokens(text, "abc", true)).containsExactly("<s>", "▁ab", "c");
      assertThat(tokens(text, "é", false)).containsExactly("▁", "<0xC3>", "<0xA9>");
      assertThat(tokens(text, "a</s>a", false)).containsExactly("▁", "a", "</s>", "▁", "a");
      assertThat(text.tokenizer().decode(text.tokenizer().encode(" abé c", true), true))
          .isEqualTo(" abé c");
      assertThat(text.stopIds()).containsExactly(2);
    }
  }

  @Test
  void encode_sentencePieceWithoutPrefix_addsNoSpace() throws IOException {
    GgufWriter file =
        sentencePiece()
            .put(PREFIX + "add_space_prefix", false)
            .put(PREFIX + "add_bos_token", false);
    try (ModelText text = load(file)) {
      assertThat(tokens(text, "abc", true)).containsExactly("abc");
      assertThat(text.tokenizer().decode(text.tokenizer().encode(" abc", true), true))
          .isEqualTo(" abc");
    }
  }

  @Test
  void load_unsupportedVocabulary_isNamed() {
    assertThatThrownBy(() -> load(byteLevel().put(PREFIX + "pre", "martian")))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("tokenizer.ggml.pre is \"martian\"")
        .hasMessageContaining("smollm");
    assertThatThrownBy(
            () ->
                load(
                    new GgufWriter()
                        .put(PREFIX + "model", "rwkv")
                        .putStrings(PREFIX + "tokens", List.of("a"))))
        .hasMessageContaining("\"rwkv\"");
    assertThatThrownBy(() -> load(new GgufWriter().put(PREFIX + "model", "gpt2")))
        .hasMessageContaining("has no tokenizer.ggml.tokens");
  }

  @Test
  void load_damagedVocabulary_saysWhatIsWrong() {
    GgufWriter fewTypes =
        new GgufWriter()
            .put(PREFIX + "model", "gpt2")
            .putStrings(PREFIX + "tokens", List.of("a", "b"))
            .putInts(PREFIX + "token_type", 1);
    assertThatThrownBy(() -> load(fewTypes)).hasMessageContaining("2 tokens, but 2 scores and 1");
    GgufWriter badMerge =
        new GgufWriter()
            .put(PREFIX + "model", "gpt2")
            .putStrings(PREFIX + "tokens", List.of("a", "b"))
            .putStrings(PREFIX + "merges", List.of("ab"));
    assertThatThrownBy(() -> load(badMerge)).hasMessageContaining("the merge \"ab\"");
    GgufWriter unknownMerge =
        new GgufWriter()
            .put(PREFIX + "model", "gpt2")
            .putStrings(PREFIX + "tokens", List.of("a", "b"))
            .putStrings(PREFIX + "merges", List.of("a b"));
    assertThatThrownBy(() -> load(unknownMerge))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("not valid");
  }
}
