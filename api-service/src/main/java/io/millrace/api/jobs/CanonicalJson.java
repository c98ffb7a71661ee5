package io.millrace.api.jobs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON in an order of its own, and digests, by which what was sent twice is known. */
final class CanonicalJson {
  private CanonicalJson() {}

  /** A value as text, with the members of objects in order of their names. */
  static String of(JsonNode value) {
    return sorted(value).toString();
  }

  private static JsonNode sorted(JsonNode value) {
    JsonMapper json = JsonMapper.shared();
    if (value instanceof ObjectNode object) {
      Map<String, JsonNode> members = new TreeMap<>();
      object.properties().forEach(it -> members.put(it.getKey(), sorted(it.getValue())));
      ObjectNode copy = json.createObjectNode();
      members.forEach(copy::set);
      return copy;
    }
    if (value.isArray()) {
      var copy = json.createArrayNode();
      value.forEach(element -> copy.add(sorted(element)));
      return copy;
    }
    return value;
  }

  /** A digest of text, in hexadecimal. */
  static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
