package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.weights.BadCheckpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceFileTest {
  private static final int UNIGRAM = 1;
  private static final int BPE = 2;
  private static final int WORD = 3;

  @TempDir private Path folder;

  /** Writes a model, field by field. */
  private static final class ModelWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ModelWriter piece(String text, float score, int type) {
      ByteArrayOutputStream piece = new ByteArrayOutputStream();
      delimited(piece, 1, text.getBytes(StandardCharsets.UTF_8));
      piece.write(2 << 3 | 5);
      piece.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
      varint(piece, 3, type);
      delimited(out, 1, piece.toByteArray());
      return this;
    }

    ModelWriter trainer(int modelType) {
      ByteArrayOutputStream trainer = new ByteArrayOutputStream();
      delimited(trainer, 1, "corpus.txt".getBytes(StandardCharsets.US_ASCII));
      varint(trainer, 3, modelType);
      varint(trainer, 4, 300);
      delimited(out, 2, trainer.toByteArray());
      return this;
    }

    ModelWriter normalizer(boolean dummyPrefix, boolean collapseSpaces) {
      ByteArrayOutputStream normalizer = new ByteArrayOutputStream();
      delimited(normalizer, 1, "identity".getBytes(StandardCharsets.US_ASCII));
      varint(normalizer, 3, dummyPrefix ? 1 : 0);
      varint(normalizer, 4, collapseSpaces ? 1 : 0);
      delimited(out, 3, normalizer.toByteArray());
      return this;
    }

    /** {@code <unk>}, {@code <s>}, {@code </s>}, a user's token, and words from "a", "b", "c". */
    ModelWriter pieces() {
      piece("<unk>", 0, 2).piece("<s>", 0, 3).piece("</s>", 0, 3).piece("<role>", 0, 4);
      List<String> pieces = List.of("ab", "▁ab", "bc", "abc", "▁", "a", "b", "c");
      for (int i = 0; i < pieces.size(); i++) {
        piece(pieces.get(i), -i, 1);
      }
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, int field, long value) {
      out.write(field << 3);
      raw(out, value);
    }

    private static void delimited(ByteArrayOutputStream out, int field, byte[] bytes) {
      out.write(field << 3 | 2);
      raw(out, bytes.length);
      out.writeBytes(bytes);
    }

    private static void raw(ByteArrayOutputStream out, long value) {
      long rest = value;
      for (; rest > 0x7F; rest >>>= 7) {
        out.write((int) (rest & 0x7F | 0x80));
      }
      out.write((int) rest);
    }
  }

  private ModelText load(byte[] model) throws IOException {
    Files.write(folder.resolve("tokenizer.model"), model);
    return ModelText.load(folder);
  }

  private static List<String> tokens(ModelText text, String prompt, boolean addSpecialTokens) {
    return Arrays.stream(text.tokenizer().encode(prompt, addSpecialTokens))
        .mapToObj(((HuggingFaceTokenizer) text.tokenizer())::token)
        .toList();
  }

  @Test
  void encode_bpe_mergesTheHighestScoreFirst() throws IOException {
    byte[] model = new ModelWriter().pieces().trainer(BPE).normalizer(true, false).bytes();
    try (ModelText text = load(model)) {
      assertThat(tokens(text, "abc", true)).containsExactly("<s>", "▁ab", "c");
      assertThat(tokens(text, "a<role>", false)).containsExactly("▁", "a", "<role>");
      assertThat(tokens(text, "xy", false)).containsExactly("▁", "<unk>");
      assertThat(text.tokenizer().specialIds()).containsExactlyInAnyOrder(0, 1, 2);
      assertThat(text.stopIds()).containsExactly(2);
      assertThat(text.specialTokens()).containsEntry("bos_token", "<s>");
    }
  }

  @Test
  void encode_withoutDummyPrefix_keepsTextsAsTheyAre() throws IOException {
    byte[] model = new ModelWriter().pieces().trainer(BPE).normalizer(false, false).bytes();
    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": false, \"eos_token\": null}");
    try (ModelText text = load(model)) {
      assertThat(tokens(text, "abc  a", true)).containsExactly("abc", "▁", "▁", "a");
      assertThat(text.tokenizer().decode(text.tokenizer().encode(" a", false), false))
          .isEqualTo(" a");
    }
  }

  @Test
  void encode_collapsedSpaces_areThoseOfSentencePiece() throws IOException {
    byte[] model = new ModelWriter().pieces().trainer(BPE).normalizer(true, true).bytes();
    try (ModelText text = load(model)) {
      assertThat(tokens(text, "  ab   c ", false)).containsExactly("▁ab", "▁", "c");
    }
  }

  @Test
  void encode_unigram_takesTheLikeliest() throws IOException {
    byte[] model = new ModelWriter().pieces().trainer(UNIGRAM).normalizer(true, false).bytes();
    try (ModelText text = load(model)) {
      assertThat(tokens(text, "abc", false)).containsExactly("▁", "abc");
      assertThat(tokens(text, "ab", false)).containsExactly("▁ab");
    }
  }

  @Test
  void encode_notLegacy_prefixesTheTextButNotWhatFollowsASpecialToken() throws IOException {
    byte[] model = new ModelWriter().pieces().trainer(BPE).normalizer(true, false).bytes();
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"legacy\": false}");
    try (ModelText text = load(model)) {
      assertThat(tokens(text, "a</s>a", false)).containsExactly("▁", "a", "</s>", "a");
    }
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"legacy\": true}");
    try (ModelText text = load(model)) {
      assertThat(tokens(text, "a</s>a", false)).containsExactly("▁", "a", "</s>", "▁", "a");
    }
  }

  @Test
  void load_addedTokens_getTheIdsOfTheirFile() throws IOException {
    byte[] model = new ModelWriter().pieces().trainer(BPE).normalizer(true, false).bytes();
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<pad>\": 13, \"<|im_end|>\": 12}");
    try (ModelText text = load(model)) {
      assertThat(text.tokenizer().id("<|im_end|>")).hasValue(12);
      assertThat(text.tokenizer().encode("<|im_end|><pad>", false)).containsExactly(12, 13);
      assertThat(text.tokenizer().decode(new int[] {13, 12}, false)).isEqualTo("<pad><|im_end|>");
      assertThat(text.tokenizer().vocabSize()).isEqualTo(14);
    }
  }

  @Test
  void load_damagedFile_saysSo() throws IOException {
    byte[] model = new ModelWriter().pieces().trainer(BPE).normalizer(true, false).bytes();
    for (int length = 1; length < model.length; length++) {
      try (ModelText text = load(Arrays.copyOf(model, length))) {
        assertThat(text.tokenizer().vocabSize()).isPositive();
      } catch (BadCheckpoint e) {
        assertThat(e).hasMessageContaining("tokenizer.model");
      }
    }
    assertThatThrownBy(() -> load(Arrays.copyOf(model, model.length - 1)))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> load(new byte[0])).hasMessageContaining("has no pieces");
    assertThatThrownBy(() -> load(new ModelWriter().pieces().trainer(WORD).bytes()))
        .hasMessageContaining("neither a BPE nor a Unigram model");
  }
}
