package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.stream.IntStream;

/**
 * A weight matrix in native memory that rows are multiplied by panel after panel, each of 32 or 64
 * outputs: of {@link RowOrder#HALVES}, half of the one, half of the other matrix.
 */
public abstract sealed class PanelMatrix permits Bfloat16Panels, Int8Panels {
  /**
   * Width of the widest panel; panels of half the width share work more evenly where there are few.
   */
  static final int MOST_WIDTH = 64;

  /**
   * Most inputs that are multiplied at once: a panel of so many fits into the second-level cache.
   */
  static final int MOST_DEPTH = 2048;

  /**
   * Fewest rows that are multiplied at once, whatever lies there: with fewer, oneDNN's kernels do
   * not have all of a panel fetched from memory in advance.
   */
  static final int FEWEST_ROWS = 4;

  private static final int FEW_PANELS = 32;

  private final int out;
  private final int in;
  private final int parts;
  private final int width;
  private final int numPanels;

  /**
   * @param out rows
   * @param in columns
   */
  PanelMatrix(int out, int in, RowOrder order) {
    this.out = out;
    this.in = in;
    this.parts = order == RowOrder.HALVES ? 2 : 1;
    // What is gated is rounded in pairs of vectors, so half of a panel must be two of them.
    boolean narrow = order == RowOrder.PLAIN && out < FEW_PANELS * MOST_WIDTH;
    this.width = narrow ? MOST_WIDTH / 2 : MOST_WIDTH;
    int half = width / parts;
    this.numPanels = (out / parts + half - 1) / half;
  }

  /** Number of inputs, the matrix's columns. */
  public final int in() {
    return in;
  }

  /** Number of outputs, the matrix's rows. */
  public final int out() {
    return out;
  }

  /** Outputs of a panel. */
  final int width() {
    return width;
  }

  final int numPanels() {
    return numPanels;
  }

  /** Whether it is multiplied by {@link Int8Activations}, which must be made of rows before. */
  boolean takesInt8() {
    return false;
  }

  /**
   * Multiplies rows by a panel.
   *
   * @return [rows, width] sums, until {@code sums} are used again
   */
  abstract float[] multiply(int panel, Activations x, RowChunks.Chunk rows, Sums sums);

  /** Packs all panels, on all cores; what a format needs for it must be there. */
  final void pack(RowReader source, ByteBuffer memory, int wordsAPanel) {
    IntBuffer words = memory.order(ByteOrder.nativeOrder()).asIntBuffer();
    int half = width / parts;
    IntStream.range(0, numPanels)
        .parallel()
        .forEach(
            panel -> {
              int[] packed = new int[wordsAPanel];
              for (int part = 0; part < parts; part++) {
                int first = panel * half;
                int count = Math.min(half, out / parts - first);
                float[] rows = source.read(part * (out / parts) + first, count);
                packRows(rows, count, packed, panel, part * half);
              }
              words.put(panel * wordsAPanel, packed, 0, wordsAPanel);
            });
  }

  /**
   * Packs rows as neighbouring columns of a panel.
   *
   * @param rows [count, in], which may be changed
   * @param packed the panel's words, {@link #width} for each few inputs
   * @param column the first of them
   */
  abstract void packRows(float[] rows, int count, int[] packed, int panel, int column);
}
