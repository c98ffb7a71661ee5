package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.simd.Lanes;
import java.util.stream.IntStream;

/**
 * A weight matrix, packed so that one lane computes one output: blocks of as many outputs as there
 * are lanes, input by input. Two blocks make a unit, in turns, so that they are read as one stream.
 *
 * <p>Inputs come in groups of 1, 4 or 8 rows, those of a group interleaved: the rows of input 0,
 * then the rows of input 1. So one load of a weight serves all of them.
 */
public abstract class PackedMatrix {
  static final int BLOCKS_A_UNIT = 2;

  /** Outputs of a unit, and so the numbers that it has for each input. */
  static final int STEP = BLOCKS_A_UNIT * Lanes.COUNT;

  private final int in;
  private final int out;
  private final RowOrder order;
  private final int numUnits;

  /**
   * @param out rows
   * @param in columns
   */
  PackedMatrix(int out, int in, RowOrder order) {
    this.in = in;
    this.out = out;
    this.order = order;
    this.numUnits =
        order == RowOrder.PLAIN ? (out + STEP - 1) / STEP : Lanes.padded(out / 2) / Lanes.COUNT;
  }

  /** Number of inputs, the matrix's columns. */
  public final int in() {
    return in;
  }

  /** Number of outputs, the matrix's rows. */
  public final int out() {
    return out;
  }

  final int numUnits() {
    return numUnits;
  }

  /** Numbers of a row of results, the padding at the end included. */
  final int stride() {
    return numUnits * STEP;
  }

  /** Rows of a group, where there are {@code rows} in all. */
  static int groupOf(int rows) {
    if (rows == 1) {
      return 1;
    }
    return rows <= 4 ? 4 : 8;
  }

  /** {@code rows}, rounded up to whole groups. */
  static int padded(int rows) {
    int group = groupOf(rows);
    return (rows + group - 1) / group * group;
  }

  /**
   * Index in inputs of a row's number of column 0; that of the next column is {@code group}
   * further.
   */
  static int firstPlace(int row, int group, int in) {
    return row / group * group * in + row % group;
  }

  /** Takes the inputs that a single row is multiplied by next; does nothing by default. */
  void takeRow(float[] x) {}

  /** Computes one unit's outputs for all rows: y[row * stride + unit * STEP]. */
  abstract void multiply(int unit, float[] x, int rows, float[] y);

  /** Applies to a block's sums what its weights leave out, such as a factor. */
  void finish(int block, float[] y, int yAt) {}

  /** Finishes the sums of a unit's blocks. */
  final void finishUnit(int unit, float[] y, int yAt) {
    for (int i = 0; i < BLOCKS_A_UNIT; i++) {
      finish(unit * BLOCKS_A_UNIT + i, y, yAt + i * Lanes.COUNT);
    }
  }

  /**
   * Widens some of a unit's weights to float32, but for what {@link #finish} applies.
   *
   * @param column the first of the inputs whose weights they are, a multiple of the parts of a word
   * @param depth how many inputs, such a multiple, too
   * @param panel [depth, STEP] from {@code at} on, room for them
   */
  abstract void widen(int unit, int column, int depth, float[] panel, int at);

  /**
   * Widens some of a unit's weights, and adds their products with the first group of rows.
   *
   * @param column see {@link #widen}, as for {@code depth} and {@code panel}
   * @param rows of the group
   * @param x [in, group] inputs
   * @param y [rows, STEP] sums
   */
  void widenAndMultiply(
      int unit, int column, int depth, float[] panel, int at, int rows, float[] x, float[] y) {
    widen(unit, column, depth, panel, at);
    MicroKernel.multiply(rows, panel, at, depth, x, column * MicroKernel.GROUP, y, 0, STEP);
  }

  /** Packs all blocks, on all cores; what a format needs for it must be there. */
  final void pack(RowReader source) {
    IntStream.range(0, numUnits)
        .parallel()
        .forEach(
            unit -> {
              for (int i = 0; i < BLOCKS_A_UNIT; i++) {
                pack(unit * BLOCKS_A_UNIT + i, source);
              }
            });
  }

  private void pack(int block, RowReader source) {
    boolean plain = order == RowOrder.PLAIN;
    int half = plain ? out : out / 2;
    int first = (plain ? block : block / 2) * Lanes.COUNT;
    int count = Math.min(Lanes.COUNT, half - first);
    if (count > 0) {
      int above = plain ? 0 : block % 2 * half;
      packBlock(block, count, source.read(above + first, count));
    }
  }

  /**
   * Packs a block's rows, which are all there when the next block of its unit is packed.
   *
   * @param weights [rows, in]
   */
  abstract void packBlock(int block, int rows, float[] weights);
}
