package io.millrace.engine.decoder;

/** The order of rows in a packed weight matrix: which of them lie together. */
public enum RowOrder {
  /** Neighbours lie together. */
  PLAIN,
  /** The matrix is two, one above the other, and rows of both lie together, half and half. */
  HALVES
}
