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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Panels of few bits multiply like the weights that are kept, one chunk of rows after the other.
 */
final class Int8PanelsTest {
  private static final int STEPS = 127;
  private static final int INPUT_STEPS = 0xff;

  private final Random random = new Random(11);
  private final Gemm gemm = new PlainGemm();

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  /**
   * Outputs that end within a panel, of one block of inputs and of two, in one chunk and in two.
   */
  @ParameterizedTest
  @CsvSource({
    "PLAIN, 33, 64, 1, 1",
    "PLAIN, 2049, 64, 3, 3",
    "HALVES, 72, 128, 5, 2",
    "PLAIN, 40, 2112, 2, 2",
    "HALVES, 130, 192, 4, 3"
  })
  void multiply_isTheProductOfWholeSteps(RowOrder order, int out, int in, int rows, int chunk) {
    PlainMatrix plain = PlainMatrix.random(random, out, in);
    Int8Panels panels =
        new Int8Panels(gemm, out, in, order, plain::rows, ByteBuffer::allocateDirect);
    float[][] x = rows(rows, in);
    float[][] y = product(panels, x, chunk);
    PlainMatrix kept = kept(plain);
    for (int row = 0; row < rows; row++) {
      float[] rotated = rotated(x[row], in);
      double[] expected = kept.times(doubles(rotated));
      double[] magnitudes = kept.timesMagnitudes(ones(in));
      double step = range(rotated) / INPUT_STEPS;
      for (int i = 0; i < out; i++) {
        assertThat((double) y[row][place(order, out, panels.width(), i)])
            .as("row %d, output %d", row, i)
            .isCloseTo(expected[i], within(step * magnitudes[i] + 1e-4));
      }
    }
  }

  private static float[] rotated(float[] rows, int in) {
    float[] rotated = rows.clone();
    HadamardRotation rotation = new HadamardRotation(in);
    for (int at = 0; at < rotated.length; at += in) {
      rotation.apply(rotated, at);
    }
    return rotated;
  }

  /** Rotated, and rounded in blocks of inputs. */
  private static PlainMatrix kept(PlainMatrix plain) {
    float[] kept = rotated(plain.weights(), plain.in());
    for (int row = 0; row < plain.out(); row++) {
      for (int begin = 0; begin < plain.in(); begin += Int8Activations.BLOCK) {
        int from = row * plain.in() + begin;
        int end = from + Math.min(Int8Activations.BLOCK, plain.in() - begin);
        float largest = 0;
        for (int i = from; i < end; i++) {
          largest = Math.max(largest, Math.abs(kept[i]));
        }
        float scale = largest / STEPS;
        for (int i = from; i < end; i++) {
          kept[i] = (float) Math.rint(kept[i] * (1 / scale)) * scale;
        }
      }
    }
    return new PlainMatrix(plain.out(), plain.in(), kept);
  }

  private float[][] product(PanelMatrix matrix, float[][] x, int size) {
    Activations inputs = activations(x);
    Sums memory = new Sums(gemm);
    float[][] y = new float[x.length][matrix.numPanels() * matrix.width()];
    for (int panel = 0; panel < matrix.numPanels(); panel++) {
      for (int first = 0; first < x.length; first += size) {
        int count = Math.min(size, x.length - first);
        RowChunks.Chunk chunk = new RowChunks.Chunk(first, size, count);
        float[] sums = matrix.multiply(panel, inputs, chunk, memory);
        for (int row = 0; row < count; row++) {
          int width = matrix.width();
          System.arraycopy(sums, row * width, y[first + row], panel * width, width);
        }
      }
    }
    return y;
  }

  private Activations activations(float[][] x) {
    int in = x[0].length;
    Activations inputs = new Activations(gemm, in, Activations.spread(in));
    int capacity = RowChunks.capacity(x.length);
    inputs.reserve(capacity);
    inputs.int8().reserve(capacity);
    int[] line = new int[in];
    for (int row = 0; row < x.length; row++) {
      Pairs.round(x[row], 0, line, in);
      inputs.put(row, 0, line, in / 2);
      inputs.roundToInt8(row, line, new float[in]);
    }
    return inputs;
  }

  /** Of bfloat16, with one that is much larger than all others. */
  private float[][] rows(int rows, int in) {
    float[][] x = new float[rows][in];
    for (float[] row : x) {
      for (int i = 0; i < in; i++) {
        row[i] = PlainMatrix.bfloat16(random.nextGaussian());
      }
      row[random.nextInt(in)] = 100;
    }
    return x;
  }

  /** Where panels, one after the other, have an output. */
  static int place(RowOrder order, int out, int width, int index) {
    if (order == RowOrder.PLAIN) {
      return index;
    }
    int within = index % (out / 2);
    int half = width / 2;
    return within / half * width + within % half + (index < out / 2 ? 0 : half);
  }

  private static double range(float[] row) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float number : row) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
    return most - least;
  }

  private static double[] doubles(float[] row) {
    double[] doubles = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      doubles[i] = row[i];
    }
    return doubles;
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
