package io.millrace.engine.decoder;

/** A reader of the rows of a weight matrix as it was before packing; for several threads. */
@FunctionalInterface
public interface RowReader {
  /** [count, columns] consecutive rows, beginning with {@code first}; the caller's to change. */
  float[] read(int first, int count);
}
