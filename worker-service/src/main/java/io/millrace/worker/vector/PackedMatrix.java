package io.millrace.worker.vector;

/**
 * A weight matrix, packed so that one lane computes one output: blocks of as many outputs as there
 * are lanes, input by input. Two blocks make a unit, in turns, so that they are read as one stream.
 *
 * <p>Inputs come in groups of 1, 4 or 8 rows, those of a group interleaved: the rows of input 0,
 * then the rows of input 1. So one load of a weight serves all of them.
 */
public abstract class PackedMatrix {
  static final int BLOCKS_A_UNIT = 2;

  /** Outputs of a unit, which is as many numbers as it has for an input. */
  static final int STEP = BLOCKS_A_UNIT * Lanes.COUNT;

  private final int in;
  private final int out;
  private final int numUnits;

  /** Reads rows of the matrix as it was before packing. */
  @FunctionalInterface
  public interface Rows {
    /** So many rows, each {@code in} long, one after the other. */
    float[] read(int first, int count);
  }

  /** Which rows make up a unit. */
  public enum Order {
    /** One block after the other. */
    PLAIN,
    /** The matrix is two, one above the other, and a unit has a block of each. */
    HALVES
  }

  /**
   * @param out rows
   * @param in columns
   */
  PackedMatrix(int out, int in, Order order) {
    this.in = in;
    this.out = out;
    this.numUnits =
        order == Order.PLAIN ? (out + STEP - 1) / STEP : Lanes.padded(out / 2) / Lanes.COUNT;
  }

  /** Columns. */
  public final int in() {
    return in;
  }

  /** Rows. */
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

  /** How many rows are computed together where there are so many. */
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

  /** Where a row's number of column 0 lies in inputs; that of the next is {@code group} further. */
  static int firstPlace(int row, int group, int in) {
    return row / group * group * in + row % group;
  }

  /** One unit's outputs for all rows: y[row * stride + unit's place]. */
  final void multiply(int unit, float[] x, int rows, float[] y) {
    int group = groupOf(rows);
    for (int row = 0; row < rows; row += group) {
      int xAt = row * in;
      int yAt = row * stride() + unit * STEP;
      if (group == 1) {
        row(unit, x, xAt, y, yAt);
      } else if (group == 4) {
        fourRows(unit, x, xAt, y, yAt);
      } else {
        eightRows(unit, x, xAt, y, yAt);
      }
    }
  }

  abstract void row(int unit, float[] x, int xAt, float[] y, int yAt);

  abstract void fourRows(int unit, float[] x, int xAt, float[] y, int yAt);

  abstract void eightRows(int unit, float[] x, int xAt, float[] y, int yAt);

  /** Takes what is packed of one block: up to as many rows as there are lanes. */
  @FunctionalInterface
  interface BlockTaker {
    void take(int block, int rows, float[] values);
  }

  /** Goes through all blocks in packed order. */
  final void forEachBlock(Order order, Rows source, BlockTaker taker) {
    int half = order == Order.PLAIN ? out : out / 2;
    for (int block = 0; block < numUnits * BLOCKS_A_UNIT; block++) {
      int within = order == Order.PLAIN ? block : block / 2;
      int first = within * Lanes.COUNT;
      int count = Math.min(Lanes.COUNT, half - first);
      if (count > 0) {
        int above = order == Order.PLAIN ? 0 : block % 2 * half;
        taker.take(block, count, source.read(above + first, count));
      }
    }
  }
}
