package io.millrace.engine.decoder;

/**
 * A packer of weight matrices into the form that a decoder multiplies by.
 *
 * @param <M> type of the packed matrices
 */
@FunctionalInterface
public interface MatrixPacker<M> {

  /**
   * Packs a matrix.
   *
   * @param out rows
   * @param in columns
   * @param run columns whose inputs are written together, such as those of a head; or all
   */
  M pack(int out, int in, int run, RowOrder order, RowReader rows);
}
