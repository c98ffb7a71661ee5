package io.millrace.engine.decoder;

/** Reads rows of a weight matrix as it was before packing. */
@FunctionalInterface
public interface RowReader {
  /** So many rows, one after the other, each as long as the matrix has columns. */
  float[] read(int first, int count);
}
