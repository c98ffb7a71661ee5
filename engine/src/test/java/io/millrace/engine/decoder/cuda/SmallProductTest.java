package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.KernelSource;
import io.millrace.engine.cuda.NumberType;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The product of a warp that float32 has instead of the tensor cores' instruction. */
final class SmallProductTest {
  private static final String TEXT =
      """
      extern "C" __global__ void small_products(
          const Number* a, const Number* b, float* c, float* by_shuffles) {
        int lane = threadIdx.x;
        int at = lane / 4 * 16 + lane % 4 * 4;
        Word low[4];
        Word high[4];
        Word right[4];
        for (int i = 0; i < 4; i++) {
          low[i] = __float_as_uint(a[at + i]);
          high[i] = __float_as_uint(a[at + 128 + i]);
          right[i] = __float_as_uint(b[at + i]);
        }
        float one[4] = {1, 2, 3, 4};
        float other[4] = {1, 2, 3, 4};
        mma(one, low, high, right);
        mma_by_shuffles(other, low, high, right);
        for (int i = 0; i < 4; i++) {
          int place = (lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2;
          c[place] = one[i];
          by_shuffles[place] = other[i];
        }
      }
      """;

  @Test
  void bothWays_giveTheProductOfTheMatrices() {
    KernelSource decoder = DecoderKernels.of(NumberType.FLOAT32, 16);
    KernelSource source =
        new KernelSource("small.cu", decoder.text() + TEXT, decoder.definitions());
    try (KernelBench bench = new KernelBench(NumberType.FLOAT32, source)) {
      Random random = new Random(2);
      float[] a = bench.random(random, 16 * 16);
      float[] b = bench.random(random, 8 * 16);
      long c = bench.floats(new float[128]);
      long byShuffles = bench.floats(new float[128]);
      bench.launch(
          "small_products", Grid.of(1, 32), bench.floats(a), bench.floats(b), c, byShuffles);
      float[] found = bench.readFloats(c, 128);
      float[] shuffled = bench.readFloats(byShuffles, 128);
      for (int i = 0; i < 128; i++) {
        int row = i / 8;
        int column = i % 8;
        double expected = 1 + row / 8 * 2 + column % 2;
        for (int k = 0; k < 16; k++) {
          expected += (double) a[row * 16 + k] * b[column * 16 + k];
        }
        assertThat((double) found[i]).isCloseTo(expected, within(1e-5));
        assertThat((double) shuffled[i]).isCloseTo(expected, within(1e-5));
      }
    }
  }
}
