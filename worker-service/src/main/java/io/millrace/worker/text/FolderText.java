package io.millrace.worker.text;

import io.millrace.worker.weights.BadCheckpoint;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
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

/** The text side of a model folder in Hugging Face's form. */
final class FolderText {
  private static final String SUFFIX = ".jinja";

  private final Path folder;
  private final TokenizerConfig config;

  FolderText(Path folder) {
    this.folder = folder;
    this.config = TokenizerConfig.read(folder);
  }

  ModelText load() {
    ObjectNode definition = definition();
    HuggingFaceTokenizer tokenizer;
    try {
      tokenizer = new HuggingFaceTokenizer(definition);
    } catch (IllegalArgumentException e) {
      throw new BadCheckpoint(folder, e.getMessage());
    }
    Map<String, String> specialTokens = specialTokens(tokenizer);
    GenerationConfig generation = GenerationConfig.read(folder);
    Set<Integer> stopIds = new TreeSet<>(generation.stopIds());
    JsonNode model = JsonFile.read(folder.resolve("config.json"));
    stopIds.addAll(GenerationConfig.ids(model.path("eos_token_id")));
    String eos = specialTokens.get("eos_token");
    if (eos != null) {
      tokenizer.id(eos).ifPresent(stopIds::add);
    }
    return new ModelText(tokenizer, specialTokens, chatTemplates(), stopIds, generation);
  }

  private ObjectNode definition() {
    Path json = folder.resolve("tokenizer.json");
    Path sentencePiece = folder.resolve("tokenizer.model");
    ObjectNode definition;
    if (Files.isRegularFile(json)) {
      definition = JsonFile.read(json);
    } else if (Files.isRegularFile(sentencePiece)) {
      boolean legacy = config.flag("legacy").orElse(true);
      definition = SentencePieceFile.read(sentencePiece, legacy).definition();
    } else {
      throw new BadCheckpoint(folder, "has neither a tokenizer.json nor a tokenizer.model");
    }
    addTokens(definition);
    if (!Files.isRegularFile(json) || setsItsOwnPostProcessor()) {
      surround(definition, !Files.isRegularFile(json));
    }
    return definition;
  }

  /** What the configuration adds to the tokenizer, as transformers does after loading it. */
  private void addTokens(ObjectNode definition) {
    Vocabulary vocabulary = new Vocabulary(definition);
    Set<String> known = new HashSet<>();
    definition.path("added_tokens").forEach(t -> known.add(t.path("content").asString("")));
    // New tokens get the next ids in the order in which they are added.
    SortedMap<Integer, String> missing = new TreeMap<>();
    int next = vocabulary.size();
    for (String text : config.isSpecial().keySet()) {
      if (!known.contains(text)) {
        OptionalInt there = vocabulary.id(text);
        Integer given = config.addedTokens().get(text);
        missing.put(there.isPresent() ? there.getAsInt() : given != null ? given : next++, text);
      }
    }
    missing.forEach(
        (id, text) ->
            TokenizerDefinition.addToken(definition, id, text, config.isSpecial().get(text)));
  }

  /** Llama's classes in transformers replace what {@code tokenizer.json} adds around texts. */
  private boolean setsItsOwnPostProcessor() {
    String name = config.tokenizerClass();
    return (name.startsWith("LlamaTokenizer") || name.startsWith("CodeLlamaTokenizer"))
        && (config.flag("add_bos_token").isPresent() || config.flag("add_eos_token").isPresent());
  }

  private void surround(ObjectNode definition, boolean fromSentencePiece) {
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
    boolean sentencePiece = !Files.isRegularFile(folder.resolve("tokenizer.json"));
    if (sentencePiece || config.tokenizerClass().startsWith("LlamaTokenizer")) {
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

  /** Files of their own come before what the configuration holds. */
  private Map<String, String> chatTemplates() {
    Map<String, String> templates = new LinkedHashMap<>();
    addTemplates(config.chatTemplate(), templates);
    addTemplates(
        JsonFile.read(folder.resolve("chat_template.json")).path("chat_template"), templates);
    Path file = folder.resolve("chat_template" + SUFFIX);
    if (Files.isRegularFile(file)) {
      templates.put(ModelText.DEFAULT_TEMPLATE, JsonFile.text(file));
    }
    Path more = folder.resolve("additional_chat_templates");
    if (Files.isDirectory(more)) {
      addTemplates(more, templates);
    }
    return templates;
  }

  private static void addTemplates(JsonNode node, Map<String, String> templates) {
    if (node.isString()) {
      templates.put(ModelText.DEFAULT_TEMPLATE, node.stringValue());
    }
    for (JsonNode named : node) {
      templates.put(named.path("name").asString(""), named.path("template").asString(""));
    }
  }

  private static void addTemplates(Path folder, Map<String, String> templates) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        templates.put(name.substring(0, name.length() - SUFFIX.length()), JsonFile.text(file));
      }
    } catch (IOException e) {
      throw new BadCheckpoint(folder, "cannot be read: " + e);
    }
  }
}
