package io.millrace.worker.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The tokens of a {@code tokenizer.json}: its model's vocabulary and the tokens added to it. */
final class Vocabulary {
  private final Map<String, Integer> idOf = new HashMap<>();
  private final Set<Integer> specialIds = new HashSet<>();

  /** By id, with null where an id is not used. */
  private final @Nullable String[] tokens;

  Vocabulary(JsonNode definition) {
    readModel(definition.path("model").path("vocab"));
    for (JsonNode added : definition.path("added_tokens")) {
      int id = added.path("id").asInt();
      idOf.put(added.path("content").asString(), id);
      if (added.path("special").asBoolean(false)) {
        specialIds.add(id);
      }
    }
    this.tokens = new String[1 + idOf.values().stream().mapToInt(id -> id).max().orElse(-1)];
    idOf.forEach((token, id) -> tokens[id] = token);
  }

  /** An object of ids by token, or (Unigram) a list of tokens with their scores. */
  private void readModel(JsonNode vocab) {
    if (vocab.isArray()) {
      vocab.forEach(entry -> idOf.put(entry.path(0).asString(), idOf.size()));
    } else {
      vocab.propertyStream().forEach(entry -> idOf.put(entry.getKey(), entry.getValue().asInt()));
    }
  }

  @Nullable String token(int id) {
    return id >= 0 && id < tokens.length ? tokens[id] : null;
  }

  OptionalInt id(String token) {
    Integer id = idOf.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
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
