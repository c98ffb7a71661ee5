package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.JsonFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model folder's {@code tokenizer_config.json}, with the older files that say parts of the same:
 * {@code special_tokens_map.json} and {@code added_tokens.json}.
 */
final class TokenizerConfig {
  private static final List<String> SPECIAL_TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "pad_token",
          "sep_token",
          "cls_token",
          "mask_token");

  /** Some tokenizers describe thousands of added tokens here. */
  private static final long MAX_BYTES = 1 << 26;

  private static final String ADDED = "added_tokens_decoder";

  private final Path file;
  private final ObjectNode config;
  private final Map<String, String> specialTokens = new LinkedHashMap<>();

  /** Ids by text, of tokens outside the model's own vocabulary as well. */
  private final Map<String, Integer> addedTokens = new LinkedHashMap<>();

  private final Map<String, Boolean> isSpecial = new LinkedHashMap<>();

  private TokenizerConfig(Path file) {
    this.file = file;
    this.config = JsonFiles.optionalObject(file, MAX_BYTES);
  }

  static TokenizerConfig read(Path folder) {
    TokenizerConfig read = new TokenizerConfig(folder.resolve("tokenizer_config.json"));
    read.addSpecialTokens(read.config);
    if (read.config.has(ADDED)) {
      read.config.path(ADDED).propertyStream().forEach(e -> read.add(e.getKey(), e.getValue()));
    } else {
      read.addSpecialTokens(
          JsonFiles.optionalObject(folder.resolve("special_tokens_map.json"), MAX_BYTES));
      JsonFiles.optionalObject(folder.resolve("added_tokens.json"), MAX_BYTES)
          .propertyStream()
          .forEach(e -> read.add(e.getKey(), e.getValue().asInt(-1)));
    }
    return read;
  }

  private void addSpecialTokens(JsonNode file) {
    for (String name : SPECIAL_TOKENS) {
      content(file.path(name)).ifPresent(text -> specialTokens.put(name, text));
    }
    specialTokens.values().forEach(text -> isSpecial.put(text, true));
    for (JsonNode token : file.path("additional_special_tokens")) {
      content(token).ifPresent(text -> isSpecial.put(text, true));
    }
  }

  private void add(String text, int id) {
    addedTokens.put(text, id);
    isSpecial.putIfAbsent(text, false);
  }

  private void add(String id, JsonNode token) {
    content(token)
        .ifPresent(
            text -> {
              addedTokens.put(text, id(id));
              isSpecial.putIfAbsent(text, token.path("special").asBoolean(false));
            });
  }

  private int id(String key) {
    if (!key.matches("[0-9]{1,9}")) {
      throw new BadCheckpoint(file, ADDED + " has the key \"" + key + "\", which is no token id");
    }
    return Integer.parseInt(key);
  }

  /** A token is written as a string or as an object; null means that there is none. */
  private static Optional<String> content(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return text.isString() ? Optional.of(text.stringValue()) : Optional.empty();
  }

  /** The tokens by the names templates know them by; one that is not set is not here. */
  Map<String, String> specialTokens() {
    return specialTokens;
  }

  /** The ids that the files give to added tokens. */
  Map<String, Integer> addedTokens() {
    return addedTokens;
  }

  /** Whether each token named here is a mark for the model rather than text. */
  Map<String, Boolean> isSpecial() {
    return isSpecial;
  }

  /** A switch such as {@code add_bos_token}, where the file has it. */
  Optional<Boolean> flag(String name) {
    JsonNode value = config.path(name);
    return value.isBoolean() ? Optional.of(value.booleanValue()) : Optional.empty();
  }

  /** The class that transformers would load, or an empty string. */
  String tokenizerClass() {
    return config.path("tokenizer_class").asString("");
  }

  /** {@code tokenizer_config.json}, whether it is there or not. */
  Path file() {
    return file;
  }

  /** A field of the file as it stands there; missing where there is none. */
  JsonNode field(String name) {
    return config.path(name);
  }
}
