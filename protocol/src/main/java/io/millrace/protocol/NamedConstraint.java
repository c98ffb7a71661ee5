package io.millrace.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A constraint, and the field that describes it.
 *
 * @param param as the client spells it
 */
public record NamedConstraint(String param, Constraint constraint) {

  /** One of JSON documents, within the limits of its length. */
  static NamedConstraint schema(String param, String schema, boolean anyWhitespace) {
    requireShort(param, schema.length());
    return new NamedConstraint(param, new Constraint.JsonSchema(schema, anyWhitespace));
  }

  /** The same for a schema that is an object, or one in a string; null for an empty one. */
  static @Nullable NamedConstraint schema(
      String param, @Nullable JsonNode schema, boolean anyWhitespace) {
    if (schema == null || schema.isNull()) {
      return null;
    }
    if (!schema.isObject() && !schema.isString()) {
      throw new Invalid(
          param, "%s must be a JSON Schema, but is %s".formatted(param, JsonRecords.shown(schema)));
    }
    String text = schema.isString() ? schema.stringValue() : schema.toString();
    return text.isBlank() || schema.isObject() && schema.isEmpty()
        ? null
        : schema(param, text, anyWhitespace);
  }

  /** One of a regular expression; null for an empty one. */
  static @Nullable NamedConstraint regex(String param, @Nullable String pattern) {
    if (pattern == null || pattern.isEmpty()) {
      return null;
    }
    requireShort(param, pattern.length());
    return new NamedConstraint(param, new Constraint.Regex(pattern));
  }

  /** One of texts to choose from; null for none. */
  static @Nullable NamedConstraint choice(String param, List<String> texts) {
    if (texts.isEmpty()) {
      return null;
    }
    requireShort(param, texts.stream().mapToLong(String::length).sum());
    return new NamedConstraint(param, new Constraint.Choice(texts));
  }

  /** One of rules; null for an empty one. */
  static @Nullable NamedConstraint rules(String param, @Nullable String rules) {
    if (rules == null || rules.isBlank()) {
      return null;
    }
    requireShort(param, rules.length());
    return new NamedConstraint(param, new Constraint.Rules(rules));
  }

  /** Refuses a text that is longer than the description of a constraint may be. */
  static void requireShort(String param, long characters) {
    if (characters > Constraint.MAX_CHARACTERS) {
      throw new Invalid(
          param,
          "%s may have at most %d characters, but has %d"
              .formatted(param, Constraint.MAX_CHARACTERS, characters));
    }
  }
}
