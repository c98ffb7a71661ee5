package io.millrace.api.tenant;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The file of tenants and their keys, in YAML or JSON: an object whose {@code tenants} are a list.
 * What is refused never repeats a key.
 */
final class KeyFile {
  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "keys",
          "key_sha256",
          "weight",
          "max_concurrency",
          "requests_per_minute",
          "tokens_per_minute",
          "max_priority");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern KEY = Pattern.compile("\\S{1,512}");
  private static final Pattern SHA256 = Pattern.compile("[0-9A-Fa-f]{64}");
  private static final int MOST_WEIGHT = 1000;

  /** No harm in the many bytes that a list of aliases may unfold to: only their owner writes it. */
  private static final YAMLMapper YAML = new YAMLMapper();

  private KeyFile() {}

  /**
   * Reads the file.
   *
   * @throws Invalid naming the field at fault, its value unless it is a key, and what is allowed
   */
  static KeyRing read(byte[] content) {
    JsonBody file = JsonBody.parse(JsonMapper.shared().writeValueAsBytes(tree(content)));
    file.requireOnly("the file", Set.of("tenants"));
    List<JsonBody> tenants = file.objects("tenants");
    if (tenants.isEmpty()) {
      throw new Invalid("tenants", "tenants must hold at least one tenant");
    }
    KeyRing ring = new KeyRing();
    Set<String> names = new HashSet<>();
    for (JsonBody each : tenants) {
      Tenant tenant = tenant(each);
      if (!names.add(tenant.name())) {
        throw new Invalid(
            each.name("name"), "%s is there twice: %s".formatted(each.name("name"), tenant.name()));
      }
      addKeys(each, tenant, ring);
    }
    return ring;
  }

  private static JsonNode tree(byte[] content) {
    try {
      return YAML.readTree(content);
    } catch (JacksonException e) {
      // What the parser says repeats what is there, which may be a key.
      var at = e.getLocation();
      throw new Invalid(
          null,
          "it is neither YAML nor JSON"
              + (at == null
                  ? ""
                  : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr())));
    }
  }

  private static Tenant tenant(JsonBody sent) {
    sent.requireOnly("a tenant", FIELDS);
    String name = sent.require("name", String.class);
    if (!NAME.matcher(name).matches()) {
      throw new Invalid(
          sent.name("name"),
          "%s must be 1 to 64 of A-Z a-z 0-9 . _ -, but is \"%s\""
              .formatted(sent.name("name"), Excerpt.of(name)));
    }
    int weight = sent.get("weight", Integer.class, 1);
    Invalid.unlessBetween(sent.name("weight"), weight, 1, MOST_WEIGHT);
    return new Tenant(
        name,
        weight,
        positive(sent, "max_concurrency"),
        positive(sent, "requests_per_minute"),
        positive(sent, "tokens_per_minute"),
        sent.get("max_priority", Integer.class));
  }

  private static @Nullable Integer positive(JsonBody sent, String field) {
    Integer value = sent.get(field, Integer.class);
    if (value != null) {
      Invalid.unlessAtLeast(sent.name(field), value, 1);
    }
    return value;
  }

  private static void addKeys(JsonBody sent, Tenant tenant, KeyRing ring) {
    List<String> keys = texts(sent, "keys", KEY, "texts of 1 to 512 characters without spaces");
    List<String> digests = texts(sent, "key_sha256", SHA256, "SHA-256 digests, 64 hex digits each");
    if (keys.isEmpty() && digests.isEmpty()) {
      throw new Invalid(
          sent.name("keys"), "%s has neither keys nor key_sha256".formatted(tenant.name()));
    }
    keys.forEach(key -> add(sent, "keys", KeyRing.digest(key), tenant, ring));
    digests.forEach(
        digest -> add(sent, "key_sha256", HexFormat.of().parseHex(digest), tenant, ring));
  }

  private static List<String> texts(JsonBody sent, String field, Pattern allowed, String what) {
    JsonNode node = sent.node(field);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()
        || !node.valueStream()
            .allMatch(it -> it.isString() && allowed.matcher(it.stringValue()).matches())) {
      throw new Invalid(
          sent.name(field), "%s must be a list of %s".formatted(sent.name(field), what));
    }
    return node.valueStream().map(JsonNode::stringValue).toList();
  }

  private static void add(JsonBody sent, String field, byte[] sha256, Tenant tenant, KeyRing ring) {
    if (!ring.add(sha256, tenant)) {
      throw new Invalid(
          sent.name(field), "%s has a key that is there twice".formatted(sent.name(field)));
    }
  }
}
