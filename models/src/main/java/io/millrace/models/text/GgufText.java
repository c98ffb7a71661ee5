package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.GgufFile;
import io.millrace.models.weights.GgufMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads the text side of a GGUF file: tokenizer, special tokens and chat templates. */
final class GgufText {
  private static final Logger LOG = LoggerFactory.getLogger(GgufText.class);
  private static final String PREFIX = "tokenizer.ggml.";
  private static final String TEMPLATE = "tokenizer.chat_template";

  /**
   * What ends a turn, by its text: files name one such token and their models use several.
   *
   * @see <a
   *     href="https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp">llama.cpp's
   *     list</a>
   */
  private static final Set<String> ENDS =
      Set.of(
          "<|eot_id|>",
          "<|eom_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<|calls|>",
          "<|flush|>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<end_of_turn>",
          "<end_of_utterance>",
          "<turn|>",
          "<|tool_response>",
          "<eos>",
          "</s>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "[EOS]",
          "[e~[",
          "<｜end▁of▁sentence｜>");

  private final Path path;
  private final GgufMetadata metadata;
  private final List<Piece> pieces;

  /**
   * @throws BadCheckpoint if the vocabulary is missing, damaged or of a kind that is not supported
   */
  GgufText(GgufFile file) {
    this.path = file.path();
    this.metadata = file.metadata();
    this.pieces = readPieces();
  }

  private List<Piece> readPieces() {
    List<String> tokens = required("tokens");
    float[] scores = metadata.floats(PREFIX + "scores").orElseGet(() -> new float[tokens.size()]);
    int[] types = metadata.ints(PREFIX + "token_type").orElseGet(() -> new int[tokens.size()]);
    if (scores.length < tokens.size() || types.length < tokens.size()) {
      throw bad(
          "metadata has %d tokens, but %d scores and %d token types"
              .formatted(tokens.size(), scores.length, types.length));
    }
    List<Piece> read = new ArrayList<>(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      Piece.Type type = typeOf(id, tokens.get(id), Piece.Type.numbered(types[id]));
      read.add(new Piece(tokens.get(id), scores[id], type));
    }
    return read;
  }

  /** What ends a turn is no text, whatever the file says: as in llama.cpp. */
  private Piece.Type typeOf(int id, String text, Piece.Type given) {
    if (given == Piece.Type.CONTROL || !ENDS.contains(text)) {
      return given;
    }
    LOG.warn(
        "{}: token {} is \"{}\", which ends a turn, but of the type {}: it is read as a control"
            + " token",
        path,
        id,
        text,
        given);
    return Piece.Type.CONTROL;
  }

  /** How each id is spelled; two may be spelled alike. */
  List<String> spellings() {
    return pieces.stream().map(Piece::text).toList();
  }

  /** A {@code tokenizer.json} that gives the same ids. */
  ObjectNode definition() {
    String model =
        metadata.string(PREFIX + "model").orElseThrow(() -> bad("names no tokenizer.ggml.model"));
    return switch (model) {
      case "gpt2" -> byteLevel();
      case "llama" -> sentencePiece();
      default ->
          throw bad(
              "has a tokenizer of the kind \""
                  + model
                  + "\"; supported are gpt2 (byte-level BPE) and llama (SentencePiece)");
    };
  }

  private ObjectNode byteLevel() {
    PreTokenizer words = preTokenizer();
    List<Merge> merges;
    try {
      merges = required("merges").stream().map(Merge::parse).toList();
    } catch (IllegalArgumentException e) {
      throw bad("metadata tokenizer.ggml.merges: " + e.getMessage());
    }
    ObjectNode definition =
        new TokenizerDefinition()
            .bpe(pieces, merges)
            .model("ignore_merges", words.ignoresMerges())
            .addTokens(pieces)
            .part("pre_tokenizer", words.definition())
            .part("decoder", TokenizerDefinition.byteLevel(true))
            .json();
    surround(definition, words.addsBos());
    return definition;
  }

  private PreTokenizer preTokenizer() {
    String name = metadata.string(PREFIX + "pre").orElse("");
    if (name.isEmpty()) {
      LOG.warn(
          "{} does not say how texts are cut into words (tokenizer.ggml.pre): llama.cpp's default"
              + " is used, which may not be the model's own and then costs quality",
          path);
      return PreTokenizer.DEFAULT;
    }
    return PreTokenizer.named(name)
        .orElseThrow(
            () ->
                bad(
                    "cuts texts into words in a way that is not supported: tokenizer.ggml.pre is"
                        + " \"%s\"; supported are %s".formatted(name, PreTokenizer.allNames())));
  }

  private ObjectNode sentencePiece() {
    boolean prefix = metadata.bool(PREFIX + "add_space_prefix").orElse(true);
    ObjectNode definition = new SentencePiece(pieces, prefix).definition();
    surround(definition, true);
    return definition;
  }

  private void surround(ObjectNode definition, boolean addsBosByDefault) {
    boolean addsBos =
        metadata
            .bool(PREFIX + "add_bos_token")
            .orElseGet(() -> addsBosByDefault && specialId("bos").isPresent());
    boolean addsEos = metadata.bool(PREFIX + "add_eos_token").orElse(false);
    TokenizerDefinition.surround(
        definition,
        addsBos ? required(specialId("bos"), "bos") : null,
        addsEos ? required(specialId("eos"), "eos") : null);
  }

  private TokenizerDefinition.Special required(OptionalInt id, String name) {
    int known =
        id.orElseThrow(
            () -> bad("adds a %s token to texts, but does not say which".formatted(name)));
    return new TokenizerDefinition.Special(known, pieces.get(known).text());
  }

  /** The special tokens by the names templates know them by, such as {@code bos_token}. */
  Map<String, String> specialTokens() {
    Map<String, String> tokens = new LinkedHashMap<>();
    specialId("bos").ifPresent(id -> tokens.put("bos_token", pieces.get(id).text()));
    specialId("eos").ifPresent(id -> tokens.put("eos_token", pieces.get(id).text()));
    specialId("unknown").ifPresent(id -> tokens.put("unk_token", pieces.get(id).text()));
    specialId("padding").ifPresent(id -> tokens.put("pad_token", pieces.get(id).text()));
    return tokens;
  }

  /** The tokens that end an answer. */
  Set<Integer> stopIds() {
    Set<Integer> ids = new TreeSet<>();
    List.of("eos", "eot", "eom").forEach(name -> specialId(name).ifPresent(ids::add));
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).type() == Piece.Type.CONTROL && ENDS.contains(pieces.get(id).text())) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** The chat templates by name; the unnamed one is {@link ModelText#DEFAULT_TEMPLATE}. */
  Map<String, String> chatTemplates() {
    return chatTemplates(metadata);
  }

  /** The same of a file of which nothing else is read. */
  static Map<String, String> chatTemplates(GgufMetadata metadata) {
    Map<String, String> templates = new LinkedHashMap<>();
    metadata.string(TEMPLATE).ifPresent(text -> templates.put(ModelText.DEFAULT_TEMPLATE, text));
    for (String key : metadata.keys()) {
      if (key.startsWith(TEMPLATE + ".")) {
        metadata
            .string(key)
            .ifPresent(text -> templates.put(key.substring(TEMPLATE.length() + 1), text));
      }
    }
    return templates;
  }

  private OptionalInt specialId(String name) {
    String key = PREFIX + name + "_token_id";
    OptionalLong id = metadata.integer(key);
    if (id.isEmpty()) {
      return OptionalInt.empty();
    }
    if (id.getAsLong() < 0 || id.getAsLong() >= pieces.size()) {
      LOG.warn(
          "{}: {} is {}, which is not in the vocabulary of {} tokens: ignored",
          path,
          key,
          id.getAsLong(),
          pieces.size());
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) id.getAsLong());
  }

  private List<String> required(String name) {
    return metadata.strings(PREFIX + name).orElseThrow(() -> bad("has no " + PREFIX + name));
  }

  private BadCheckpoint bad(String what) {
    return new BadCheckpoint(path, what);
  }
}
