package io.millrace.api.body;

import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import io.millrace.protocol.UnsupportedFields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON object that a client sent: read as records by {@link #as}, and field by field where an
 * endpoint has spellings of its own. A field that is absent and one that is {@code null} are the
 * same; one of the wrong type is refused by name and value.
 */
public final class JsonBody {
  private final ObjectNode object;
  private final String path;
  private final int checksum;

  private JsonBody(ObjectNode object, String path) {
    this(object, path, 0);
  }

  private JsonBody(ObjectNode object, String path, int checksum) {
    this.object = object;
    this.path = path;
    this.checksum = checksum;
  }

  /**
   * Parses a body.
   *
   * @throws Invalid if it is empty, not JSON, or no object
   */
  public static JsonBody parse(byte[] body) {
    CRC32C checksum = new CRC32C();
    checksum.update(body);
    return new JsonBody(JsonRecords.parse(body), "", (int) checksum.getValue());
  }

  /** The CRC-32C of the bytes that were parsed; 0 for an object within another. */
  public int checksum() {
    return checksum;
  }

  /** What refusals call a field. */
  public String name(String field) {
    return path + field;
  }

  /** Those of its fields that a record has. */
  public <T> T as(Class<T> type) {
    return JsonRecords.read(object, type);
  }

  /** The object as it was sent. */
  public JsonNode sent() {
    return object;
  }

  /**
   * Checks that it has no other fields than some.
   *
   * @param what it is, for the refusal
   * @throws Invalid naming one that is unknown, and those that are known
   */
  public void requireOnly(String what, Set<String> known) {
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        String shown = name(Excerpt.of(name));
        throw new Invalid(
            shown,
            "\"%s\" is no field of %s; there are %s"
                .formatted(shown, what, String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  /** Whether it has no field. */
  public boolean isEmpty() {
    return object.isEmpty();
  }

  /** Whether the field is there and not null. */
  public boolean has(String field) {
    return node(field) != null;
  }

  /** The field as it was sent, or null. */
  public @Nullable JsonNode node(String field) {
    JsonNode node = object.get(field);
    return node == null || node.isNull() ? null : node;
  }

  /** A string, number or boolean, or null. */
  public <T> @Nullable T get(String field, Class<T> type) {
    JsonNode node = node(field);
    return node == null ? null : JsonRecords.read(node, path + field, type);
  }

  /** The same with a default. */
  public <T> T get(String field, Class<T> type, T otherwise) {
    T value = get(field, type);
    return value == null ? otherwise : value;
  }

  /** The same for a field that must be there. */
  public <T> T require(String field, Class<T> type) {
    T value = get(field, type);
    if (value == null) {
      throw new Invalid(path + field, path + field + " is required");
    }
    return value;
  }

  /** A list, empty when absent. */
  public <T> List<T> list(String field, Class<T> elementType) {
    JsonNode node = node(field);
    return node == null ? List.of() : JsonRecords.readList(node, path + field, elementType);
  }

  /** A list, or a single value as one. */
  public <T> List<T> oneOrMore(String field, Class<T> elementType) {
    JsonNode node = node(field);
    return node == null || node.isArray()
        ? list(field, elementType)
        : List.of(JsonRecords.read(node, path + field, elementType));
  }

  /** An object within this one; its fields are named {@code field.inner}. */
  public @Nullable JsonBody object(String field) {
    JsonNode node = node(field);
    if (node == null) {
      return null;
    }
    if (node instanceof ObjectNode inner) {
      return new JsonBody(inner, path + field + ".");
    }
    String name = path + field;
    throw new Invalid(
        name, "%s must be an object, but is %s".formatted(name, JsonRecords.shown(node)));
  }

  /** A list of objects, empty when absent; their fields are named {@code field[0].inner}. */
  public List<JsonBody> objects(String field) {
    List<JsonBody> objects = new ArrayList<>();
    for (JsonNode node : list(field, JsonNode.class)) {
      String name = path + field + "[" + objects.size() + "]";
      if (!(node instanceof ObjectNode inner)) {
        throw new Invalid(
            name, "%s must be an object, but is %s".formatted(name, JsonRecords.shown(node)));
      }
      objects.add(new JsonBody(inner, name + "."));
    }
    return objects;
  }

  /** {@code true} or {@code false}, which counts when absent. */
  public boolean flag(String field) {
    return get(field, Boolean.class, false);
  }

  /**
   * Checks that some fields ask for nothing.
   *
   * @throws Invalid naming one that does
   */
  public void refuse(Collection<String> fields) {
    UnsupportedFields.refuse(path, object, fields);
  }

  /** The same without the fields that an endpoint obeys and that are sent empty. */
  JsonBody withoutEmpty(Endpoint endpoint) {
    return new JsonBody(EmptyFields.dropped(object, endpoint), path);
  }
}
