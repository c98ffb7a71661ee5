package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.JsonFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the text side of a model folder in Hugging Face's form. */
final class FolderText {
  private static final long MAX_TOKENIZER_BYTES = 1 << 28;

  private final Path folder;
  private final TokenizerConfig config;

  /** Whether the tokenizer comes as {@code tokenizer.json}, which is preferred. */
  private final boolean hasJson;

  FolderText(Path folder) {
    this.folder = folder;
    this.config = TokenizerConfig.read(folder);
    this.hasJson = Files.isRegularFile(folder.resolve("tokenizer.json"));
  }

  ModelText load() {
    GenerationConfig generation = GenerationConfig.read(folder);
    JsonNode model = JsonFiles.optionalConfig(folder.resolve("config.json"));
    Map<String, String> chatTemplates = new ChatTemplateFiles(folder).read(config);
    HuggingFaceTokenizer tokenizer;
    try {
      tokenizer = new HuggingFaceTokenizer(definition());
    } catch (IllegalArgumentException e) {
      throw new BadCheckpoint(folder, String.valueOf(e.getMessage()));
    }
    Map<String, String> specialTokens = specialTokens(tokenizer);
    Set<Integer> stopIds = new TreeSet<>(generation.stopIds());
    stopIds.addAll(GenerationConfig.ids(model.path("eos_token_id")));
    String eos = specialTokens.get("eos_token");
    if (eos != null) {
      tokenizer.id(eos).ifPresent(stopIds::add);
    }
    return new ModelText(tokenizer, specialTokens, chatTemplates, stopIds, generation);
  }

  private ObjectNode definition() {
    ObjectNode definition =
        hasJson
            ? JsonFiles.object(folder.resolve("tokenizer.json"), MAX_TOKENIZER_BYTES)
            : fromSentencePiece();
    addTokens(definition);
    if (!hasJson || setsItsOwnPostProcessor()) {
      surround(definition);
    }
    return definition;
  }

  private ObjectNode fromSentencePiece() {
    Path model = folder.resolve("tokenizer.model");
    if (!Files.isRegularFile(model)) {
      throw new BadCheckpoint(folder, "has neither a tokenizer.json nor a tokenizer.model");
    }
    return SentencePieceFile.read(model, config.flag("legacy").orElse(true)).definition();
  }

  /**
   * Adds what the configuration names and the tokenizer does not look for, and changes what the
   * configuration describes otherwise, as transformers does after loading it. A token that has no
   * id anywhere is left out: the model cannot know it.
   */
  private void addTokens(ObjectNode definition) {
    Vocabulary vocabulary = new Vocabulary(definition);
    Map<String, ObjectNode> known = TokenizerDefinition.addedTokens(definition);
    // The library gives new tokens the next ids in the order in which they are added.
    SortedMap<Integer, AddedToken> missing = new TreeMap<>();
    for (AddedToken named : config.addedTokens()) {
      // A space before a text would be one before the token.
      AddedToken token = hasJson ? named : named.asSpelled();
      ObjectNode entry = known.get(token.text());
      if (entry == null) {
        OptionalInt id = vocabulary.id(token.text());
        Integer given = id.isPresent() ? Integer.valueOf(id.getAsInt()) : config.givenId(token);
        if (given != null) {
          missing.put(given, token);
        }
      } else if (config.describes(token)) {
        token.putInto(entry);
      }
    }
    missing.forEach((id, token) -> TokenizerDefinition.addToken(definition, id, token));
  }

  /** Llama's classes in transformers replace what {@code tokenizer.json} adds around texts. */
  private boolean setsItsOwnPostProcessor() {
    String name = config.tokenizerClass();
    return (name.startsWith("LlamaTokenizer") || name.startsWith("CodeLlamaTokenizer"))
        && (config.flag("add_bos_token").isPresent() || config.flag("add_eos_token").isPresent());
  }

  private void surround(ObjectNode definition) {
    Vocabulary vocabulary = new Vocabulary(definition);
    boolean bos = config.flag("add_bos_token").orElse(true);
    boolean eos = config.flag("add_eos_token").orElse(false);
    definition.remove("post_processor");
    TokenizerDefinition.surround(
        definition,
        bos ? special(vocabulary, "bos_token", "<s>") : null,
        eos ? special(vocabulary, "eos_token", "</s>") : null);
  }

  private TokenizerDefinition.@Nullable Special special(
      Vocabulary vocabulary, String name, String otherwise) {
    String text = config.specialTokens().getOrDefault(name, otherwise);
    OptionalInt id = vocabulary.id(text);
    return id.isPresent() ? new TokenizerDefinition.Special(id.getAsInt(), text) : null;
  }

  /** With the defaults of Llama's tokenizer classes, whose configurations may leave them out. */
  private Map<String, String> specialTokens(Tokenizer tokenizer) {
    Map<String, String> tokens = new LinkedHashMap<>(config.specialTokens());
    if (!hasJson || config.tokenizerClass().startsWith("LlamaTokenizer")) {
      Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>")
          .forEach(
              (name, text) -> {
                if (tokenizer.id(text).isPresent()) {
                  tokens.putIfAbsent(name, text);
                }
              });
    }
    return tokens;
  }
}
