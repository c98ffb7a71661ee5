package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.vector.PackedMatrix;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.simd.Lanes;

/**
 * A matrix of int8 or int4 weights, whose panels of bfloat16 are made when they are needed, in the
 * CPU's caches: memory is read at the width that the weights are kept in. Weights of int8, without
 * what {@link PackedMatrix#finish} applies, are numbers of bfloat16; those of int4 are rounded to
 * it.
 */
public final class PackedPanels implements PanelMatrix {
  private final Gemm gemm;
  private final PackedMatrix matrix;
  private final int width;
  private final int unitsAPanel;

  /**
   * @param matrix whose inputs are whole {@link PackedMatrix#RUN runs}, see {@link #takes}
   */
  public PackedPanels(Gemm gemm, PackedMatrix matrix) {
    this.gemm = gemm;
    this.matrix = matrix;
    this.width = PanelMatrix.width(matrix.out(), matrix.order());
    this.unitsAPanel = width / PackedMatrix.STEP;
  }

  /** Whether a model's inputs are whole runs, and panels whole units. */
  public static boolean takes(ModelSpec spec) {
    return spec.hidden() % PackedMatrix.RUN == 0
        && spec.headDim() % PackedMatrix.RUN == 0
        && spec.intermediate() % PackedMatrix.RUN == 0
        && MOST_WIDTH / 2 % PackedMatrix.STEP == 0;
  }

  @Override
  public int in() {
    return matrix.in();
  }

  @Override
  public int out() {
    return matrix.out();
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int numPanels() {
    return (matrix.numUnits() + unitsAPanel - 1) / unitsAPanel;
  }

  /** Keeps the whole panel only where more rows follow: else its parts take turns in the caches. */
  @Override
  public float[] multiply(int panel, Activations x, RowChunks.Chunk rows, PanelBuffer buffer) {
    int kept = rows.only() ? Math.min(in(), MOST_DEPTH) : in();
    buffer.reserveWords(kept * width * Short.BYTES);
    for (int column = 0; column < in(); column += MOST_DEPTH) {
      int depth = Math.min(MOST_DEPTH, in() - column);
      int place = rows.only() ? 0 : column * width * Short.BYTES;
      if (rows.first() == 0) {
        widen(panel, column, depth, buffer, place);
      }
      long b = buffer.wordsAddress() + place;
      multiply(gemm, x, rows, column, depth, b, buffer.sums().address());
    }
    float[] sums = buffer.sums().read(rows.count() * width);
    finish(panel, sums, rows.count());
    return sums;
  }

  private void finish(int panel, float[] sums, int rows) {
    for (int unit = 0; unit < unitsIn(panel); unit++) {
      for (int half = 0; half < 2; half++) {
        int block = 2 * (panel * unitsAPanel + unit) + half;
        int column = column(unit, half);
        for (int row = 0; row < rows; row++) {
          matrix.finish(block, sums, row * width + column);
        }
      }
    }
  }

  /** The last panel may have fewer units; what is left of it then gives sums that nobody reads. */
  private int unitsIn(int panel) {
    return Math.min(unitsAPanel, matrix.numUnits() - panel * unitsAPanel);
  }

  /** Column of a panel where one of a unit's blocks begins. */
  private int column(int unit, int half) {
    return matrix.order() == RowOrder.PLAIN
        ? unit * PackedMatrix.STEP + half * Lanes.COUNT
        : half * width / 2 + unit * Lanes.COUNT;
  }

  private void widen(int panel, int column, int depth, PanelBuffer buffer, int place) {
    int next = (column(0, 1) - column(0, 0)) * Integer.BYTES;
    for (int unit = 0; unit < unitsIn(panel); unit++) {
      int at = place + column(unit, 0) * Integer.BYTES;
      int from = panel * unitsAPanel + unit;
      matrix.widenPairs(from, column, depth, buffer.words(), at, next, width * Integer.BYTES);
    }
  }
}
