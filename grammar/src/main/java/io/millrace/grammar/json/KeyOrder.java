package io.millrace.grammar.json;

/** The order in which an object's members are written. */
public enum KeyOrder {
  /** As the schema describes them; what it only demands, and all others, come behind these. */
  SCHEMA,

  /** Any. */
  ANY
}
