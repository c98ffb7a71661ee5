package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.RowOrder;

/**
 * A weight matrix that rows of bfloat16 are multiplied by panel after panel, each of 32 or 64
 * outputs: of {@link RowOrder#HALVES}, half of the one, half of the other matrix.
 */
public sealed interface PanelMatrix permits Bfloat16Panels, Int8Panels, PackedPanels {
  /**
   * Width of the widest panel; panels of half the width share work more evenly where there are few.
   */
  int MOST_WIDTH = 64;

  /** Panels of this width, below which there are few. */
  int FEW_PANELS = 32;

  /**
   * Most inputs that are multiplied at once: a panel of so many fits into the second-level cache.
   */
  int MOST_DEPTH = 2048;

  /**
   * Fewest rows that are multiplied at once, whatever lies there: with fewer, oneDNN's kernels do
   * not have all of a panel fetched from memory in advance.
   */
  int FEWEST_ROWS = 4;

  /** Number of inputs, the matrix's columns. */
  int in();

  /** Number of outputs, the matrix's rows. */
  int out();

  /** Outputs of a panel. */
  int width();

  int numPanels();

  /** Whether it is multiplied by {@link Int8Activations}, which must be made of rows before. */
  default boolean takesInt8() {
    return false;
  }

  /**
   * Multiplies rows by a panel.
   *
   * @param rows of {@code x}, chunk after chunk of a step's rows
   * @param buffer which the panel stays in from one chunk to the next
   * @return [rows, width] sums, until the buffer is used again
   */
  float[] multiply(int panel, Activations x, RowChunks.Chunk rows, PanelBuffer buffer);

  /** Width of the panels of a matrix of {@code out} outputs. */
  static int width(int out, RowOrder order) {
    // What is gated is rounded in pairs of vectors, so half of a panel must be two of them.
    boolean narrow = order == RowOrder.PLAIN && out < FEW_PANELS * MOST_WIDTH;
    return narrow ? MOST_WIDTH / 2 : MOST_WIDTH;
  }

  /**
   * Multiplies rows by some inputs of a panel, and adds the products to those of the inputs before.
   *
   * @param b address of bfloat16 [depth / 2, width, 2]
   * @param y address of float32 [rows, width]
   */
  default void multiply(
      Gemm gemm, Activations x, RowChunks.Chunk rows, int column, int depth, long b, long y) {
    gemm.multiply(
        new Gemm.Shape(
            Math.max(FEWEST_ROWS, rows.size()), width(), depth, x.stride(), width(), width()),
        x.address(rows.first()) + (long) column * Short.BYTES,
        b,
        y,
        column > 0);
  }
}
