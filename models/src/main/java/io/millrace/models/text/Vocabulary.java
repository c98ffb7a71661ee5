package io.millrace.models.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The tokens of a {@code tokenizer.json}: its model's vocabulary and the tokens added to it. */
final class Vocabulary {
  private static final int MAX_ID = 1 << 22;

  private final Map<String, Integer> idOf = new HashMap<>();
  private final Map<Integer, String> textOf = new HashMap<>();
  private final Set<Integer> specialIds = new HashSet<>();

  /** By id, with null where an id is not used. */
  private final @Nullable String[] tokens;

  /**
   * @throws IllegalArgumentException if an id is negative or absurdly high
   */
  Vocabulary(JsonNode definition) {
    this(definition, List.of());
  }

  /**
   * @param spellings of all tokens by id, of which two may be alike: a definition has an id for
   *     only one of those; empty if that one says all
   * @throws IllegalArgumentException if an id is negative or absurdly high
   */
  Vocabulary(JsonNode definition, List<String> spellings) {
    for (int id = 0; id < spellings.size(); id++) {
      put(spellings.get(id), id);
    }
    readModel(definition.path("model").path("vocab"));
    for (JsonNode added : definition.path("added_tokens")) {
      int id = added.path("id").asInt(-1);
      put(added.path("content").asString(""), id);
      if (added.path("special").asBoolean(false)) {
        specialIds.add(id);
      }
    }
    this.tokens = new String[1 + textOf.keySet().stream().mapToInt(id -> id).max().orElse(-1)];
    textOf.forEach((id, token) -> tokens[id] = token);
  }

  /** An object of ids by token, or (Unigram) a list of tokens with their scores. */
  private void readModel(JsonNode vocab) {
    if (vocab.isArray()) {
      int id = 0;
      for (JsonNode entry : vocab) {
        put(entry.path(0).asString(""), id++);
      }
    } else {
      vocab.propertyStream().forEach(entry -> put(entry.getKey(), entry.getValue().asInt(-1)));
    }
  }

  private void put(String token, int id) {
    if (id < 0 || id > MAX_ID) {
      throw new IllegalArgumentException(
          "the token \"%s\" has no id from 0 to %d".formatted(token, MAX_ID));
    }
    idOf.put(token, id);
    textOf.put(id, token);
  }

  @Nullable String token(int id) {
    return id >= 0 && id < tokens.length ? tokens[id] : null;
  }

  /** The id of a token; of several that are spelled alike the one that texts become. */
  OptionalInt id(String token) {
    Integer id = idOf.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The id that a text spelled as this token becomes; none if there is no such token. */
  OptionalInt sameSpelling(int id) {
    String token = token(id);
    return token == null ? OptionalInt.empty() : id(token);
  }

  /** One more than the highest id. */
  int size() {
    return tokens.length;
  }

  /** The ids that are marks for the model rather than text. */
  Set<Integer> specialIds() {
    return Set.copyOf(specialIds);
  }
}
