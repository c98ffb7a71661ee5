package io.millrace.engine.decoder;

/** Which rows of a weight matrix lie together when it is packed. */
public enum RowOrder {
  /** Neighbours. */
  PLAIN,
  /** The matrix is two, one above the other, and what lies together is half of each. */
  HALVES
}
