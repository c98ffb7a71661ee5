package io.millrace.engine.decoder.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.model.UnsupportedModel;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kernel against the product in double precision, within what its format can hold. */
final class TorchKernelTest {
  private static final int OUT = 48;
  private static final int IN = 96;
  private static final int ROWS = 19;
  private static final int GROUP = 32;

  private static CpuTorch torch;
  private static KernelTrial choice;

  private final Random random = new Random(5);
  private final float[][] weight = matrix(OUT, IN, 0.2);
  private final float[] factors = matrix(1, IN, 1)[0];
  private final float[][] input = matrix(ROWS, IN, 1);

  @BeforeAll
  static void load() {
    torch = CpuTorch.load();
    choice = new KernelTrial(torch.program(), torch.manager());
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @ParameterizedTest
  @EnumSource(TorchKernel.class)
  void linear_staysWithinTheErrorOfItsFormat(TorchKernel kernel) {
    assumeExists(kernel);
    float[][] output = multiply(kernel, weight, factors, input);
    for (int row = 0; row < ROWS; row++) {
      for (int out = 0; out < OUT; out++) {
        assertThat((double) output[row][out])
            .as("row %d, output %d", row, out)
            .isCloseTo(
                product(weight[out], factors, input[row]),
                within(bound(kernel, weight[out], factors, input[row])));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TorchKernel.class)
  void linear_givesARowTheSameWhateverTheOthersAre(TorchKernel kernel) {
    assumeExists(kernel);
    float[][] shared = Arrays.copyOf(input, ROWS);
    for (int row = 1; row < ROWS; row++) {
      shared[row] = matrix(1, IN, 1000)[0];
    }
    float[] alone = multiply(kernel, weight, factors, new float[][] {input[0]})[0];
    float[] together = multiply(kernel, weight, factors, shared)[0];
    for (int out = 0; out < OUT; out++) {
      // One rounding of the result at most: the order of the sum may depend on the number of rows.
      assertThat(together[out])
          .as("output %d", out)
          .isCloseTo(alone[out], within(Math.abs(alone[out]) / 128 + 1e-4f));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TorchKernel.class,
      names = {"INT8", "INT4"})
  void linear_isExactForShapesThatTheKernelCannotTake(TorchKernel kernel) {
    for (int[] shape : new int[][] {{24, 64}, {48, 40}, {3, 5}}) {
      float[][] odd = matrix(shape[0], shape[1], 1);
      float[] oddFactors = matrix(1, shape[1], 1)[0];
      float[] x = matrix(1, shape[1], 1)[0];
      float[] output = multiply(kernel, odd, oddFactors, new float[][] {x})[0];
      for (int out = 0; out < shape[0]; out++) {
        assertThat((double) output[out]).isCloseTo(product(odd[out], oddFactors, x), within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TorchKernel.class,
      names = {"INT8", "INT4"})
  void linear_takesRowsOfZerosAndOfOneNumber(TorchKernel kernel) {
    assumeExists(kernel);
    float[][] flat = new float[16][GROUP];
    Arrays.fill(flat[1], 0.5f);
    float[] ones = new float[GROUP];
    Arrays.fill(ones, 1);
    float[] output = multiply(kernel, flat, new float[0], new float[][] {ones})[0];
    assertThat(output[0]).isZero();
    assertThat(output[1]).isCloseTo(GROUP / 2f, within(0.125f));
  }

  @Test
  void require_refusesAKernelThatTheMachineLacks() {
    for (TorchKernel kernel : TorchKernel.values()) {
      try {
        assertThat(choice.require(kernel)).isEqualTo(kernel);
      } catch (UnsupportedModel e) {
        assertThat(e).hasMessage("kernel %s does not exist on this CPU", kernel.label());
      }
    }
    assertThat(choice.require(TorchKernel.PLAIN)).isEqualTo(TorchKernel.PLAIN);
  }

  /** The largest error that rounding weights, activations and results can make. */
  private static double bound(TorchKernel kernel, float[] weights, float[] factors, float[] x) {
    double terms = 0;
    for (int i = 0; i < IN; i++) {
      terms += Math.abs((double) weights[i] * factors[i] * x[i]);
    }
    double bfloat16 = terms / 64;
    return switch (kernel) {
      case PLAIN, ONEDNN_FP32 -> terms * 1e-5;
      case FBGEMM_FP16 -> terms / 1024;
      case PLAIN_FP16 -> terms / 256;
      case ONEDNN_BF16, PLAIN_BF16 -> bfloat16;
      case INT8 -> bfloat16 + steps(weights, factors, x, IN, true);
      case INT4 -> bfloat16 + steps(weights, factors, x, GROUP, false);
    };
  }

  /** Half a step of each weight, and a little for the steps' own rounding. */
  private static double steps(
      float[] weights, float[] factors, float[] x, int group, boolean symmetric) {
    double sum = 0;
    for (int begin = 0; begin < IN; begin += group) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      double inputs = 0;
      for (int i = begin; i < begin + group; i++) {
        low = Math.min(low, weights[i]);
        high = Math.max(high, weights[i]);
        inputs += Math.abs(factors[i] * x[i]);
      }
      double step = symmetric ? Math.max(-low, high) / 127 : (high - low) / 15;
      sum += inputs * (step * 0.6 + (symmetric ? 0 : Math.max(-low, high) / 128));
    }
    return sum;
  }

  private static double product(float[] weights, float[] factors, float[] x) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (double) weights[i] * factors[i] * x[i];
    }
    return sum;
  }

  private static void assumeExists(TorchKernel kernel) {
    try {
      choice.require(kernel);
    } catch (UnsupportedModel e) {
      abort(e.getMessage());
    }
  }

  private static float[][] multiply(
      TorchKernel kernel, float[][] weight, float[] factors, float[][] input) {
    try (PtNDManager scope = (PtNDManager) torch.manager().newSubManager()) {
      PackedLinears linears = new PackedLinears(KernelPair.only(kernel), torch.program(), scope);
      linears.add(tensor(scope, weight), vector(scope, factors));
      float[] output = linears.first().apply(tensor(scope, input)).toFloatArray();
      float[][] rows = new float[input.length][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Arrays.copyOfRange(output, i * weight.length, (i + 1) * weight.length);
      }
      return rows;
    }
  }

  private static PtNDArray tensor(PtNDManager scope, float[][] rows) {
    FloatBuffer buffer = FloatBuffer.allocate(rows.length * rows[0].length);
    for (float[] row : rows) {
      buffer.put(row);
    }
    return scope.create(buffer.flip(), new Shape(rows.length, rows[0].length), DataType.FLOAT32);
  }

  private static PtNDArray vector(PtNDManager scope, float[] values) {
    return values.length == 0
        ? scope.create(new Shape(0), DataType.FLOAT32)
        : scope.create(FloatBuffer.wrap(values), new Shape(values.length), DataType.FLOAT32);
  }

  private float[][] matrix(int rows, int columns, double deviation) {
    float[][] matrix = new float[rows][columns];
    for (float[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) (deviation * random.nextGaussian());
      }
    }
    return matrix;
  }
}
