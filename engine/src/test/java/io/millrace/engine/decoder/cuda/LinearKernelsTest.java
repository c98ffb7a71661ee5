package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.RowOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Multiplications of few rows, and what is fused into them, against double precision. */
final class LinearKernelsTest {
  private static final float FLOOR = 0.3f;
  private static final Grid GRID = Grid.of(3, DecoderKernels.LINEAR_THREADS);

  private final Random random = new Random(5);

  /** A weight on the device and what it was made of. */
  private record Weight(CudaMatrix matrix, float[] values, int out, int in) {
    double times(int output, double[] x) {
      double sum = 0;
      for (int i = 0; i < in; i++) {
        sum += (double) values[output * in + i] * x[i];
      }
      return sum;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 1, 20, 40",
    "FLOAT32, 8, 64, 1100",
    "BFLOAT16, 1, 16, 32",
    "BFLOAT16, 3, 90, 70",
    "BFLOAT16, 8, 33, 2100",
    "FLOAT16, 5, 40, 96",
  })
  void residual_isAddedWithItsBias(NumberType type, int rows, int out, int in) {
    try (KernelBench bench = new KernelBench(type, 16)) {
      Weight weight = weight(bench, type, out, in, RowOrder.PLAIN);
      float[] input = bench.random(random, rows * in);
      float[] bias = bench.random(random, out);
      float[] before = bench.random(random, rows * out);
      long x = bench.floats(before);
      bench.launch(
          "linear_residual",
          GRID,
          weight.matrix.address(),
          out,
          weight.matrix.stride(),
          bench.floats(bias),
          bench.padded(input, in, weight.matrix.stride()),
          rows,
          x);
      float[] found = bench.readFloats(x, rows * out);
      for (int i = 0; i < found.length; i++) {
        double product = weight.times(i % out, row(input, i / out, in));
        assertThat((double) found[i])
            .isCloseTo(before[i] + product + bias[i % out], within(1e-4 * Math.sqrt(in)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 1, 20, 40",
    "FLOAT32, 8, 64, 300",
    "BFLOAT16, 2, 90, 70",
    "BFLOAT16, 8, 33, 512",
    "FLOAT16, 7, 40, 96",
  })
  void plain_normalizesTheRowsThatAreNamed(NumberType type, int rows, int out, int in) {
    try (KernelBench bench = new KernelBench(type, 16)) {
      Weight weight = weight(bench, type, out, in, RowOrder.PLAIN);
      float[] x = bench.random(random, 11 * in);
      float[] factors = bench.random(random, in);
      int[] order = random.ints(rows, 0, 11).toArray();
      int padded = weight.matrix.paddedOutputs();
      long y = bench.device().allocate((long) rows * padded * Float.BYTES);
      int sharedStride = weight.matrix.stride() + DecoderKernels.CHUNK;
      bench.launch(
          "linear_plain",
          GRID.withShared(rows * sharedStride * type.bytes()),
          weight.matrix.address(),
          out,
          weight.matrix.stride(),
          0L,
          bench.floats(x),
          bench.ints(order),
          rows,
          in,
          bench.floats(factors),
          FLOOR,
          sharedStride,
          y);
      float[] found = bench.readFloats(y, rows * padded);
      for (int i = 0; i < found.length; i++) {
        int output = i % padded;
        double[] normalized = normalized(row(x, order[i / padded], in), factors);
        double expected = output < out ? weight.times(output, normalized) : 0;
        assertThat((double) found[i])
            .isCloseTo(expected, within(bench.tolerance() * Math.sqrt(in)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1, 20, 40", "FLOAT32, 8, 36, 96", "BFLOAT16, 4, 128, 64"})
  void gated_multipliesByWhatTheGateLetsThrough(NumberType type, int rows, int width, int in) {
    try (KernelBench bench = new KernelBench(type, 16)) {
      Weight weight = weight(bench, type, 2 * width, in, RowOrder.HALVES);
      float[] x = bench.random(random, rows * in);
      float[] factors = bench.random(random, in);
      float[] bias = bench.random(random, 2 * width);
      int stride = DecoderKernels.padded(width, DecoderKernels.CHUNK);
      long y = bench.device().allocate((long) rows * stride * type.bytes());
      bench.launch(
          "linear_gated",
          GRID.withShared(rows * weight.matrix.stride() * type.bytes()),
          weight.matrix.address(),
          weight.matrix.outputs(),
          weight.matrix.stride(),
          bench.floats(MatrixUpload.interleaved(bias)),
          bench.floats(x),
          rows,
          in,
          bench.floats(factors),
          FLOOR,
          weight.matrix.stride(),
          y,
          stride);
      float[] found = bench.readNumbers(y, rows * stride);
      for (int i = 0; i < found.length; i++) {
        int output = i % stride;
        double[] normalized = normalized(row(x, i / stride, in), factors);
        double expected =
            output < width
                ? silu(weight.times(output, normalized) + bias[output])
                    * (weight.times(width + output, normalized) + bias[width + output])
                : 0;
        assertThat((double) found[i])
            .isCloseTo(expected, within(bench.tolerance() * (in + Math.abs(expected))));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1, 4, 2, 16", "FLOAT32, 8, 6, 2, 16", "BFLOAT16, 3, 3, 1, 64"})
  void heads_areTurnedAndPutWhereTheyBelong(
      NumberType type, int rows, int heads, int kvHeads, int headDim) {
    try (KernelBench bench = new KernelBench(type, headDim)) {
      int in = 48;
      int out = (heads + 2 * kvHeads) * headDim;
      Weight weight = weight(bench, type, out, in, RowOrder.PLAIN);
      float[] x = bench.random(random, rows * in);
      float[] factors = bench.random(random, in);
      float[] bias = bench.random(random, out);
      PlacedHeads placed = new PlacedHeads(bench, type, heads, kvHeads, headDim, rows, random);
      bench.launch(
          "linear_heads",
          GRID.withShared(rows * weight.matrix.stride() * type.bytes()),
          weight.matrix.address(),
          out,
          weight.matrix.stride(),
          bench.floats(bias),
          bench.floats(x),
          rows,
          in,
          bench.floats(factors),
          FLOOR,
          weight.matrix.stride(),
          placed.queries(),
          placed.keys(),
          placed.values(),
          placed.turns(),
          placed.positions(),
          placed.slots(),
          heads,
          kvHeads,
          PlacedHeads.BLOCK_SIZE);
      double[][] expected = new double[rows][out];
      for (int row = 0; row < rows; row++) {
        double[] normalized = normalized(row(x, row, in), factors);
        for (int i = 0; i < out; i++) {
          expected[row][i] = weight.times(i, normalized) + bias[i];
        }
      }
      placed.assertHolds(expected, bench.tolerance() * in / 4);
    }
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  static double[] normalized(double[] x, float[] factors) {
    double sum = FLOOR * FLOOR;
    for (double value : x) {
      sum += value * value;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / Math.sqrt(sum) * factors[i];
    }
    return y;
  }

  static double[] row(float[] rows, int row, int width) {
    double[] x = new double[width];
    for (int i = 0; i < width; i++) {
      x[i] = rows[row * width + i];
    }
    return x;
  }

  private Weight weight(KernelBench bench, NumberType type, int out, int in, RowOrder order) {
    float[] values = bench.random(random, out * in);
    CudaMatrix matrix =
        new MatrixUpload(bench.device(), type)
            .pack(
                out,
                in,
                in,
                order,
                (first, count) -> Arrays.copyOfRange(values, first * in, (first + count) * in));
    return new Weight(matrix, values, out, in);
  }
}
