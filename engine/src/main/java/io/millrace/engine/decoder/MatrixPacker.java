package io.millrace.engine.decoder;

/**
 * Packs weight matrices as a decoder multiplies by them.
 *
 * @param <M> how matrices are kept
 */
@FunctionalInterface
public interface MatrixPacker<M> {

  /**
   * Packs one.
   *
   * @param out rows
   * @param in columns
   * @param run columns whose inputs come together, such as those of a head; or all
   */
  M pack(int out, int in, int run, RowOrder order, RowReader rows);
}
