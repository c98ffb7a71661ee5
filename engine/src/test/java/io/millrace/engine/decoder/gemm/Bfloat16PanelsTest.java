package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.vector.PlainMatrix;
import io.millrace.engine.decoder.vector.WeightFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packed weights multiply like the matrix that they were, rounded to bfloat16. */
final class Bfloat16PanelsTest {
  private static final int NARROW = PanelMatrix.MOST_WIDTH / 2;
  private static final int WIDE = PanelMatrix.MOST_WIDTH;
  private static final int MOST_ROWS = 160;

  /** Largest error of a float32 sum's step, relative to the terms' magnitudes. */
  private static final double ROUNDING = 0x1p-24;

  private final Random random = new Random(7);
  private final Gemm gemm = new PlainGemm();

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  /** Outputs that fill a panel, and that end within one. */
  @ParameterizedTest
  @CsvSource({"1, 2, 1", "31, 12, 2", "32, 12, 3", "33, 30, 8", "75, 64, 17", "160, 40, 130"})
  void multiply_isTheProduct(int out, int in, int rows) {
    check(RowOrder.PLAIN, out, in, rows, NARROW);
  }

  @ParameterizedTest
  @CsvSource({"2048, 6, 3", "2049, 10, 1", "2111, 4, 5"})
  void multiply_isTheProductOfWidePanels(int out, int in, int rows) {
    check(RowOrder.PLAIN, out, in, rows, WIDE);
  }

  /** Both halves may end within a panel, which is always a wide one. */
  @ParameterizedTest
  @CsvSource({"2, 2, 1", "32, 12, 2", "34, 12, 3", "72, 40, 5", "126, 6, 9", "2050, 10, 1"})
  void multiply_isTheProductOfHalves(int out, int in, int rows) {
    check(RowOrder.HALVES, out, in, rows, WIDE);
  }

  /** Inputs that are rounded head by head. */
  @ParameterizedTest
  @CsvSource({"80, 4", "8, 9", "64, 3", "34, 2"})
  void multiply_isTheProductOfRuns(int run, int heads) {
    PlainMatrix plain = PlainMatrix.random(random, 40, run * heads);
    check(plain, RowOrder.PLAIN, run, 5, NARROW);
  }

  /** So many inputs are multiplied in parts, which are added up. */
  @ParameterizedTest
  @CsvSource({"PLAIN, 40, 2048", "PLAIN, 40, 2050", "HALVES, 40, 4098", "PLAIN, 33, 5000"})
  void multiply_isTheProductForLongRows(RowOrder order, int out, int in) {
    check(order, out, in, 3, order == RowOrder.PLAIN ? NARROW : WIDE);
  }

  @Test
  void multiply_isTheProductForLongRowsInWidePanels() {
    check(RowOrder.PLAIN, 2050, 2052, 2, WIDE);
  }

  @Test
  void multiply_beginsAtAnyRow() {
    PlainMatrix plain = PlainMatrix.random(random, 40, 12);
    PanelMatrix packed = pack(plain, 12, RowOrder.PLAIN);
    double[][] x = vectors(9, 12);
    Activations inputs = activations(x, 12, 12);
    float[] read = packed.multiply(1, inputs, new RowChunks.Chunk(6, 2, 2), new Sums(gemm));
    for (int row = 0; row < 2; row++) {
      double[] expected = plain.kept(WeightFormat.BFLOAT16).times(x[6 + row]);
      for (int i = NARROW; i < 40; i++) {
        assertThat((double) read[row * NARROW + i - NARROW]).isCloseTo(expected[i], within(1e-5));
      }
    }
  }

  @Test
  void takes_pairsOfInputs() {
    assertThat(Bfloat16Panels.takes(10, 8)).isTrue();
    assertThat(Bfloat16Panels.takes(10, 7)).isFalse();
  }

  /** Of two more panels than there need to be. */
  @Test
  void takes_whatFitsIntoABuffer() {
    int inputs = 1024;
    int panels = (int) (Integer.MAX_VALUE / ((long) WIDE * inputs * Short.BYTES)) - 2;
    assertThat(Bfloat16Panels.takes((panels + 1) * WIDE - 1, inputs)).isTrue();
    assertThat(Bfloat16Panels.takes((panels + 1) * WIDE, inputs)).isFalse();
    assertThat(Bfloat16Panels.takes(Integer.MAX_VALUE, inputs)).isFalse();
  }

  private void check(RowOrder order, int out, int in, int rows, int width) {
    check(PlainMatrix.random(random, out, in), order, in, rows, width);
  }

  private void check(PlainMatrix plain, RowOrder order, int run, int rows, int width) {
    int out = plain.out();
    int in = plain.in();
    PanelMatrix packed = pack(plain, run, order);
    assertThat(packed.out()).isEqualTo(out);
    assertThat(packed.in()).isEqualTo(in);
    assertThat(packed.width()).isEqualTo(width);
    double[][] x = vectors(rows, in);
    float[][] y = product(packed, activations(x, in, run), rows);
    PlainMatrix kept = plain.kept(WeightFormat.BFLOAT16);
    boolean[] taken = new boolean[packed.numPanels() * width];
    for (int i = 0; i < out; i++) {
      taken[Int8PanelsTest.place(order, out, width, i)] = true;
    }
    for (int row = 0; row < rows; row++) {
      double[] expected = kept.times(x[row]);
      double[] magnitudes = kept.timesMagnitudes(x[row]);
      for (int i = 0; i < out; i++) {
        assertThat((double) y[row][Int8PanelsTest.place(order, out, width, i)])
            .as("row %d, output %d", row, i)
            .isCloseTo(expected[i], within((in + 4) * ROUNDING * magnitudes[i]));
      }
      for (int i = 0; i < taken.length; i++) {
        assertThat(taken[i] || y[row][i] == 0).as("zeros behind the outputs").isTrue();
      }
    }
  }

  private PanelMatrix pack(PlainMatrix plain, int run, RowOrder order) {
    return new Bfloat16Panels(
        gemm, plain.out(), plain.in(), run, order, plain::rows, ByteBuffer::allocateDirect);
  }

  /** Of numbers of bfloat16. */
  private double[][] vectors(int rows, int in) {
    double[][] x = new double[rows][];
    for (int row = 0; row < rows; row++) {
      x[row] = random.doubles(in, -2, 2).map(PlainMatrix::bfloat16).toArray();
    }
    return x;
  }

  /** What lies between rows is no number, to see that it does not count. */
  private Activations activations(double[][] x, int in, int run) {
    int stride = Activations.spread(in);
    Activations activations = new Activations(gemm, stride);
    activations.reserve(MOST_ROWS);
    for (int row = 0; row < x.length; row++) {
      int[] nothing = new int[stride / 2];
      Arrays.fill(nothing, Pairs.word(Float.NaN, Float.NaN));
      activations.put(row, 0, nothing, nothing.length);
      float[] numbers = new float[in];
      for (int i = 0; i < in; i++) {
        numbers[i] = (float) x[row][i];
      }
      int[] line = new int[run / 2];
      for (int i = 0; i < in; i += run) {
        Pairs.round(numbers, i, line, run);
        activations.put(row, i, line, line.length);
      }
    }
    return activations;
  }

  private float[][] product(PanelMatrix matrix, Activations inputs, int rows) {
    Sums memory = new Sums(gemm);
    float[][] y = new float[rows][matrix.numPanels() * matrix.width()];
    for (int panel = 0; panel < matrix.numPanels(); panel++) {
      RowChunks.Chunk chunk = new RowChunks.Chunk(0, rows, rows);
      float[] read = matrix.multiply(panel, inputs, chunk, memory);
      for (int row = 0; row < rows; row++) {
        System.arraycopy(
            read, row * matrix.width(), y[row], panel * matrix.width(), matrix.width());
      }
    }
    return y;
  }
}
