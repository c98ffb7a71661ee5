package io.millrace.models.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A SentencePiece model as data, and the {@code tokenizer.json} that gives its ids. It has the form
 * that transformers' {@code LlamaConverter} makes: spaces are ▁, and what no piece spells is
 * spelled by byte pieces.
 *
 * @param unigram whether the likeliest segmentation is taken (Kudo 2018) rather than merges (BPE)
 * @param dummyPrefix whether texts get a leading space
 * @param prefixAfterSpecial whether the text after each special token gets one too, as in
 *     transformers' "legacy" form and in llama.cpp
 * @param collapseSpaces whether repeated, leading and trailing spaces are dropped
 * @param charsmap SentencePiece's compiled Unicode normalisation in base64; empty for none
 */
record SentencePiece(
    List<Piece> pieces,
    boolean unigram,
    boolean dummyPrefix,
    boolean prefixAfterSpecial,
    boolean collapseSpaces,
    String charsmap) {
  private static final String SPACE = "▁";
  private static final int BYTES = 256;

  /** Without normalisation: how Llama's models are. */
  SentencePiece(List<Piece> pieces, boolean dummyPrefix) {
    this(pieces, false, dummyPrefix, true, false, "");
  }

  ObjectNode definition() {
    TokenizerDefinition definition = new TokenizerDefinition();
    int unknown = unknownId();
    if (unigram) {
      definition.unigram(pieces, Math.max(unknown, 0));
    } else {
      definition.bpe(pieces, Merge.byScore(pieces));
      if (unknown >= 0) {
        definition.unknown(pieces.get(unknown).text());
      }
    }
    definition.model("byte_fallback", hasAllBytes()).addTokens(pieces);
    List<ObjectNode> normalizers = normalizers();
    definition.part(
        "normalizer", TokenizerDefinition.sequence("Sequence", "normalizers", normalizers));
    if (dummyPrefix && !prefixAfterSpecial) {
      definition.part(
          "pre_tokenizer",
          TokenizerDefinition.component("Metaspace")
              .put("replacement", SPACE)
              .put("prepend_scheme", "first")
              .put("split", false));
    }
    return definition.part("decoder", decoder()).json();
  }

  private int unknownId() {
    return IntStream.range(0, pieces.size())
        .filter(id -> pieces.get(id).type() == Piece.Type.UNKNOWN)
        .findFirst()
        .orElse(-1);
  }

  private boolean hasAllBytes() {
    Set<String> texts = new HashSet<>();
    pieces.forEach(piece -> texts.add(piece.text()));
    return IntStream.range(0, BYTES).mapToObj(Piece::byteSpelling).allMatch(texts::contains);
  }

  private List<ObjectNode> normalizers() {
    List<ObjectNode> steps = new ArrayList<>();
    if (!charsmap.isEmpty()) {
      steps.add(TokenizerDefinition.component("Precompiled").put("precompiled_charsmap", charsmap));
    }
    if (collapseSpaces) {
      steps.add(replace("Regex", "^ +| +$", ""));
      steps.add(replace("Regex", " {2,}", " "));
    }
    if (dummyPrefix && prefixAfterSpecial) {
      steps.add(TokenizerDefinition.component("Prepend").put("prepend", SPACE));
    }
    steps.add(replace("String", " ", SPACE));
    return steps;
  }

  private ObjectNode decoder() {
    List<ObjectNode> steps = new ArrayList<>();
    steps.add(replace("String", SPACE, " "));
    steps.add(TokenizerDefinition.component("ByteFallback"));
    steps.add(TokenizerDefinition.component("Fuse"));
    if (dummyPrefix) {
      steps.add(
          TokenizerDefinition.component("Strip")
              .put("content", " ")
              .put("start", 1)
              .put("stop", 0));
    }
    return TokenizerDefinition.sequence("Sequence", "decoders", steps);
  }

  private static ObjectNode replace(String kind, String pattern, String content) {
    ObjectNode replace = TokenizerDefinition.component("Replace").put("content", content);
    replace.putObject("pattern").put(kind, pattern);
    return replace;
  }
}
