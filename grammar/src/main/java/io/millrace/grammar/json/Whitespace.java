package io.millrace.grammar.json;

/** The whitespace that may stand between the words of a JSON answer. */
public enum Whitespace {
  /** None. */
  COMPACT,

  /** Perhaps one space behind a comma and a colon, as Python and most models write it. */
  SPACED,

  /** Whatever JSON allows. */
  ANY
}
