package io.millrace.grammar.regex;

/** What a term of a regular language is made of. */
enum Kind {
  BYTES,
  EPSILON,
  CONCAT,
  ALT,
  AND,
  NOT,
  REPEAT,
  MULTIPLE
}
