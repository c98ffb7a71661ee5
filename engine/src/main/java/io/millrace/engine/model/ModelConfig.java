package io.millrace.engine.model;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A model's configuration in transformers' words, read field by field: what has the wrong type or
 * is absurd is refused by its name.
 */
final class ModelConfig {
  private final JsonNode json;
  private final String source;
  private final String path;

  /**
   * @param source what messages call it, such as {@code config.json}
   */
  ModelConfig(JsonNode json, String source) {
    this(json, source, "");
  }

  private ModelConfig(JsonNode json, String source, String path) {
    this.json = json;
    this.source = source;
    this.path = path;
  }

  boolean has(String field) {
    return json.hasNonNull(field);
  }

  /** Whether a field is there and says that there is no such thing. */
  boolean isNull(String field) {
    return json.path(field).isNull();
  }

  int positive(String field) {
    JsonNode value = json.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() <= 0) {
      throw mustBe(field, "a positive whole number");
    }
    return value.asInt();
  }

  int positive(String field, int otherwise) {
    return has(field) ? positive(field) : otherwise;
  }

  int notNegative(String field, int otherwise) {
    JsonNode value = json.path(field);
    if (has(field)
        && (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 0)) {
      throw mustBe(field, "a whole number of at least 0");
    }
    return has(field) ? value.asInt() : otherwise;
  }

  double positiveNumber(String field) {
    JsonNode value = json.path(field);
    if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
      throw mustBe(field, "a positive number");
    }
    return value.asDouble();
  }

  double positiveNumber(String field, double otherwise) {
    return has(field) ? positiveNumber(field) : otherwise;
  }

  boolean flag(String field, boolean otherwise) {
    if (has(field) && !json.path(field).isBoolean()) {
      throw mustBe(field, "true or false");
    }
    return has(field) ? json.path(field).booleanValue() : otherwise;
  }

  String text(String field, String otherwise) {
    if (has(field) && !json.path(field).isString()) {
      throw mustBe(field, "a string");
    }
    return has(field) ? json.path(field).stringValue() : otherwise;
  }

  /** The elements of a list; of a single text, that one. */
  List<String> texts(String field) {
    JsonNode list = json.path(field);
    if (!list.isArray() || list.valueStream().anyMatch(element -> !element.isString())) {
      throw mustBe(field, "a list of strings");
    }
    return list.valueStream().map(JsonNode::stringValue).toList();
  }

  /** An object within this one; without fields where there is none. */
  ModelConfig section(String field) {
    if (has(field) && !json.path(field).isObject()) {
      throw mustBe(field, "an object");
    }
    return new ModelConfig(json.path(field), source, path + field + ".");
  }

  boolean isEmpty() {
    return json.isEmpty();
  }

  /** The names of the objects within this one. */
  List<String> sections() {
    return json.propertyStream()
        .filter(property -> property.getValue().isObject())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What this is a section of, with this one's name before its own. */
  String name(String field) {
    return path + field;
  }

  /**
   * Says that the model cannot be run.
   *
   * @param why begins with a field's {@link #name}
   */
  UnsupportedModel unsupported(String why) {
    return new UnsupportedModel(source + ": " + why);
  }

  private UnsupportedModel mustBe(String field, String what) {
    JsonNode value = json.path(field);
    return unsupported(
        "%s must be %s, but is %s"
            .formatted(name(field), what, value.isMissingNode() ? "missing" : value));
  }
}
