package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.JsonFiles;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
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
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** Some tokenizers describe thousands of added tokens here. */
  private static final long MAX_BYTES = 1 << 26;

  private static final String ADDED = "added_tokens_decoder";

  private final Path file;
  private final ObjectNode config;
  private final Map<String, String> specialTokens = new LinkedHashMap<>();

  /** Ids by text, of tokens outside the model's own vocabulary as well. */
  private final Map<String, Integer> ids = new LinkedHashMap<>();

  /** By text, in the order of the files. */
  private final Map<String, AddedToken> addedTokens = new LinkedHashMap<>();

  private final Set<String> described = new HashSet<>();

  private TokenizerConfig(Path file) {
    this.file = file;
    this.config = JsonFiles.optionalObject(file, MAX_BYTES);
  }

  static TokenizerConfig read(Path folder) {
    TokenizerConfig read = new TokenizerConfig(folder.resolve("tokenizer_config.json"));
    if (read.config.has(ADDED)) {
      read.config.path(ADDED).propertyStream().forEach(e -> read.add(e.getKey(), e.getValue()));
      read.nameSpecialTokens(read.config);
    } else {
      read.nameSpecialTokens(
          read.config,
          JsonFiles.optionalObject(folder.resolve("special_tokens_map.json"), MAX_BYTES));
      JsonFiles.optionalObject(folder.resolve("added_tokens.json"), MAX_BYTES)
          .propertyStream()
          .forEach(e -> read.add(e.getKey(), e.getValue().asInt(-1)));
    }
    return read;
  }

  /**
   * @param files of which a later one replaces what an earlier one says
   */
  private void nameSpecialTokens(JsonNode... files) {
    for (String name : SPECIAL_TOKENS) {
      JsonNode last = MissingNode.getInstance();
      for (JsonNode file : files) {
        last = content(file.path(name)).isPresent() ? file.path(name) : last;
      }
      JsonNode token = last;
      content(token).ifPresent(text -> specialTokens.put(name, text));
      content(token).ifPresent(text -> addSpecial(text, token));
    }
    for (JsonNode file : files) {
      for (JsonNode token : file.path("additional_special_tokens")) {
        content(token).ifPresent(text -> addSpecial(text, token));
      }
    }
  }

  /** What is named as special is, whatever else is said of it; of two names the later counts. */
  private void addSpecial(String text, JsonNode token) {
    AddedToken named = token.isObject() ? AddedToken.of(token) : new AddedToken(text, true);
    AddedToken known = described.contains(text) ? addedTokens.get(text) : null;
    addedTokens.put(text, (known == null ? named : known).asSpecial());
  }

  private void add(String text, int id) {
    ids.put(text, id);
    addedTokens.putIfAbsent(text, new AddedToken(text));
  }

  private void add(String id, JsonNode token) {
    content(token)
        .ifPresent(
            text -> {
              ids.put(text, id(id));
              addedTokens.put(text, AddedToken.of(token));
              described.add(text);
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

  /** The tokens to look for in texts. */
  Collection<AddedToken> addedTokens() {
    return addedTokens.values();
  }

  /** Whether {@code added_tokens_decoder} describes a token, and not only names it. */
  boolean describes(AddedToken token) {
    return described.contains(token.text());
  }

  /** The id that the files give to a token, or null. */
  @Nullable Integer givenId(AddedToken token) {
    return ids.get(token.text());
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
