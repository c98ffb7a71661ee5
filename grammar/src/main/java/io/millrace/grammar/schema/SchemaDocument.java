package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A schema as it is written, and what its references point to. */
final class SchemaDocument {
  private final JsonNode root;
  private final Draft draft;
  private final Map<String, String> pointersByName = new HashMap<>();

  SchemaDocument(JsonNode root) {
    this.root = root;
    this.draft = Draft.of(root);
    collectNames(root, "");
  }

  JsonNode root() {
    return root;
  }

  Draft draft() {
    return draft;
  }

  private void collectNames(JsonNode node, String pointer) {
    if (node.isObject()) {
      for (String keyword : new String[] {"$id", "id", "$anchor", "name"}) {
        JsonNode name = node.path(keyword);
        if (name.isString() && !keyword.equals("name")) {
          String prefix = keyword.equals("$anchor") ? "#" : "";
          pointersByName.putIfAbsent(prefix + name.stringValue(), pointer);
        }
      }
      node.properties()
          .forEach(it -> collectNames(it.getValue(), pointer + "/" + escape(it.getKey())));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        collectNames(node.get(i), pointer + "/" + i);
      }
    }
  }

  /** One step of a JSON pointer. */
  static String escape(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  /**
   * The pointer that a reference means.
   *
   * @throws UnsupportedGrammarException if it leads out of the document
   */
  String resolve(String reference, String at) {
    String inside = inside(reference);
    if (inside == null) {
      throw new UnsupportedGrammarException(
          "$ref",
          at,
          "'%s' leads to another document".formatted(GrammarException.excerpt(reference)));
    }
    return inside;
  }

  private @Nullable String inside(String reference) {
    String named = pointersByName.get(reference);
    if (named != null) {
      return named;
    }
    int hash = reference.indexOf('#');
    String document = hash < 0 ? reference : reference.substring(0, hash);
    String fragment = hash < 0 ? "" : reference.substring(hash + 1);
    String base = document.isEmpty() ? "" : base(document);
    if (base == null) {
      return null;
    }
    if (fragment.isEmpty() || fragment.startsWith("/")) {
      return base + decode(fragment);
    }
    return pointersByName.get("#" + fragment);
  }

  private @Nullable String base(String document) {
    for (String ending : new String[] {"", "#"}) {
      String pointer = pointersByName.get(document + ending);
      if (pointer != null) {
        return pointer;
      }
    }
    return null;
  }

  private static String decode(String fragment) {
    try {
      return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return fragment;
    }
  }

  /** What stands at a pointer. */
  JsonNode at(String pointer) {
    JsonNode node = root;
    if (!pointer.isEmpty()) {
      for (String step : pointer.substring(1).split("/", -1)) {
        String key = step.replace("~1", "/").replace("~0", "~");
        node =
            node.isArray() && key.matches("\\d{1,9}")
                ? node.path(Integer.parseInt(key))
                : node.path(key);
      }
    }
    if (node.isMissingNode()) {
      throw new GrammarSyntaxException(
          "$ref '#%s' points to nothing".formatted(GrammarException.excerpt(pointer)));
    }
    return node;
  }
}
