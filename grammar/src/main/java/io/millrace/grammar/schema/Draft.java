package io.millrace.grammar.schema;

import tools.jackson.databind.JsonNode;

/** The edition of JSON Schema that a document says it is written in. */
enum Draft {
  /** Drafts 3 to 7, in which nothing counts beside {@code $ref}. */
  UP_TO_7,

  /** 2019-09 and later, and whatever does not say. */
  SINCE_2019;

  static Draft of(JsonNode root) {
    JsonNode schema = root.path("$schema");
    String name = schema.isString() ? schema.stringValue() : "";
    return name.matches(".*json-schema\\.org/draft-0[3-7]/.*") ? UP_TO_7 : SINCE_2019;
  }
}
