package io.millrace.grammar.json;

/**
 * How a JSON answer is written, where JSON leaves a choice.
 *
 * @param whitespace what may stand between its words
 * @param order in which order the members of an object come
 */
public record JsonStyle(Whitespace whitespace, KeyOrder order) {
  /** What answers are asked for: without whitespace, in the schema's order. */
  public static final JsonStyle COMPACT = new JsonStyle(Whitespace.COMPACT, KeyOrder.SCHEMA);

  /** Any text that is valid under a schema. */
  public static final JsonStyle ANY = new JsonStyle(Whitespace.ANY, KeyOrder.ANY);

  /** Whether it is for answers that are written, rather than for texts that are checked. */
  public boolean isForAnswers() {
    return order == KeyOrder.SCHEMA;
  }
}
