package io.millrace.models.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Builds a {@code tokenizer.json} for a model that comes without one. */
final class TokenizerDefinition {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ObjectNode root = JSON.createObjectNode();

  TokenizerDefinition() {
    root.put("version", "1.0");
    root.putArray("added_tokens");
  }

  ObjectNode json() {
    return root;
  }

  static ObjectNode component(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  /** Byte-level components have the same shape as pre-tokenizer and as decoder. */
  static ObjectNode byteLevel(boolean useRegex) {
    return component("ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", useRegex);
  }

  /** Cuts a text so that each match, and what lies between two matches, stands alone. */
  static ObjectNode isolate(String regex) {
    ObjectNode split = component("Split").put("behavior", "Isolated").put("invert", false);
    split.putObject("pattern").put("Regex", regex);
    return split;
  }

  static ObjectNode sequence(String type, String parts, List<ObjectNode> components) {
    ObjectNode sequence = component(type);
    sequence.putArray(parts).addAll(components);
    return sequence;
  }

  TokenizerDefinition bpe(List<Piece> pieces, List<Merge> merges) {
    ObjectNode model = root.putObject("model").put("type", "BPE").put("fuse_unk", true);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < pieces.size(); id++) {
      vocab.put(pieces.get(id).text(), id);
    }
    ArrayNode list = model.putArray("merges");
    merges.forEach(merge -> list.addArray().add(merge.left()).add(merge.right()));
    return this;
  }

  TokenizerDefinition unigram(List<Piece> pieces, int unknownId) {
    ObjectNode model = root.putObject("model").put("type", "Unigram").put("unk_id", unknownId);
    ArrayNode vocab = model.putArray("vocab");
    pieces.forEach(piece -> vocab.addArray().add(piece.text()).add((double) piece.score()));
    return this;
  }

  /** A further property of the model. */
  TokenizerDefinition model(String property, boolean value) {
    ((ObjectNode) root.get("model")).put(property, value);
    return this;
  }

  TokenizerDefinition unknown(String token) {
    ((ObjectNode) root.get("model")).put("unk_token", token);
    return this;
  }

  TokenizerDefinition part(String name, ObjectNode component) {
    root.set(name, component);
    return this;
  }

  TokenizerDefinition addTokens(List<Piece> pieces) {
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).isAdded()) {
        addToken(root, id, new AddedToken(pieces.get(id).text(), pieces.get(id).isSpecial()));
      }
    }
    return this;
  }

  /** Has a definition find a token in texts before its model splits them. */
  static void addToken(ObjectNode definition, int id, AddedToken token) {
    token.putInto(definition.withArray("added_tokens").addObject().put("id", id));
  }

  /** The entries of the tokens that a definition finds so, by their texts. */
  static Map<String, ObjectNode> addedTokens(ObjectNode definition) {
    Map<String, ObjectNode> entries = new HashMap<>();
    for (JsonNode token : definition.path("added_tokens")) {
      if (token instanceof ObjectNode entry) {
        entries.put(entry.path("content").asString(""), entry);
      }
    }
    return entries;
  }

  /** Has a definition put tokens around each text that is encoded with special tokens. */
  static void surround(ObjectNode definition, @Nullable Special before, @Nullable Special after) {
    if (before == null && after == null) {
      return;
    }
    ObjectNode template = component("TemplateProcessing");
    ArrayNode single = template.putArray("single");
    ArrayNode pair = template.putArray("pair");
    ObjectNode tokens = template.putObject("special_tokens");
    addSpecial(before, single, tokens);
    addSequence(single, "A");
    addSpecial(after, single, tokens);
    addSequence(pair, "A");
    addSequence(pair, "B");
    definition.set("post_processor", template);
  }

  /** A token by its id and text. */
  record Special(int id, String text) {}

  private static void addSequence(ArrayNode template, String name) {
    template.addObject().putObject("Sequence").put("id", name).put("type_id", 0);
  }

  private static void addSpecial(@Nullable Special token, ArrayNode template, ObjectNode tokens) {
    if (token == null) {
      return;
    }
    template.addObject().putObject("SpecialToken").put("id", token.text()).put("type_id", 0);
    ObjectNode entry = tokens.putObject(token.text()).put("id", token.text());
    entry.putArray("ids").add(token.id());
    entry.putArray("tokens").add(token.text());
  }
}
