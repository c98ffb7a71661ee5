package io.millrace.grammar.schema;

/** What a JSON value is. */
enum JsonType {
  NULL,
  TRUE,
  FALSE,
  NUMBER,
  STRING,
  OBJECT,
  ARRAY
}
