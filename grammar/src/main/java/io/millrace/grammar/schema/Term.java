package io.millrace.grammar.schema;

/**
 * An atom that is so, or is not.
 *
 * @param atom of objects or of arrays
 * @param positive whether it is so
 */
record Term(Formula.Atom atom, boolean positive) {}
