package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.torch.LibtorchGemm;
import io.millrace.engine.decoder.torch.TorchEngine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libtorch's products are those that one gets number by number, for matrices of any shape. */
final class LibtorchGemmTest {
  private static final int SHAPES = 60;
  private static final int MOST_ROWS = 130;
  private static final int[] COLUMNS = {8, 10, 16, 32, 64, 80, 128};

  /** Largest error of a float32 sum's step, relative to the terms' magnitudes. */
  private static final double ROUNDING = 0x1p-24;

  private static final int SIGN = 0x8000;

  private final Random random = new Random(29);
  private final PlainGemm plain = new PlainGemm();
  private Gemm gemm = plain;

  @BeforeAll
  static void loadLibtorch() {
    TorchEngine.manager(TorchEngine.device("cpu")).close();
  }

  @BeforeEach
  void require() {
    Optional<Gemm> found = LibtorchGemm.find();
    assumeTrue(found.isPresent());
    gemm = found.get();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void multiply_isTheProduct(boolean add) {
    for (int i = 0; i < SHAPES; i++) {
      check(shape(1 + random.nextInt(MOST_ROWS), 2 * (1 + random.nextInt(768))), add);
    }
  }

  /** As those of heads, and of one row. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 10, 64, 80, 128, 1536})
  void multiply_isTheProductOfAnyDepth(int depth) {
    for (int rows : new int[] {1, 2, 3, MOST_ROWS}) {
      check(shape(rows, depth), false);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 64, 128, 576, 2048})
  void multiplyInt8_isTheProductOfWholeNumbers(int depth) {
    for (int rows : new int[] {1, 2, 4, MOST_ROWS}) {
      Gemm.Shape shape = new Gemm.Shape(rows, 64, depth, depth + 64, 64, 64);
      ByteBuffer a = direct(rows * shape.aStride());
      ByteBuffer b = direct(depth * shape.bStride());
      random.ints(a.capacity()).forEach(number -> a.put((byte) number));
      random.ints(b.capacity()).forEach(number -> b.put((byte) number));
      assertThat(int8Product(gemm, shape, a, b)).isEqualTo(int8Product(plain, shape, a, b));
    }
  }

  private static int[] int8Product(Gemm gemm, Gemm.Shape shape, ByteBuffer a, ByteBuffer b) {
    ByteBuffer c = direct(shape.rows() * shape.cStride() * Integer.BYTES);
    gemm.multiplyInt8(shape, gemm.address(a), gemm.address(b), gemm.address(c));
    int[] product = new int[shape.rows() * shape.cStride()];
    c.asIntBuffer().get(product);
    return product;
  }

  /** Which a sequence's answer must not depend on. */
  @Test
  void multiply_givesARowTheSameNumbersAmongAnyOthers() {
    for (int depth : new int[] {2, 80, 1536}) {
      Gemm.Shape shape = shape(MOST_ROWS, depth);
      ByteBuffer a = numbers(MOST_ROWS * shape.aStride());
      ByteBuffer b = numbers(depth * shape.bStride());
      float[] expected = product(gemm, shape, a, b, new float[MOST_ROWS * shape.cStride()], false);
      for (int rows = 1; rows < MOST_ROWS; rows++) {
        int first = random.nextInt(MOST_ROWS - rows + 1);
        ByteBuffer from = a.slice(first * shape.aStride() * Short.BYTES, rowBytes(shape, rows));
        float[] part = new float[rows * shape.cStride()];
        part = product(gemm, with(shape, rows), from, b, part, false);
        for (int i = 0; i < part.length; i++) {
          assertThat(part[i])
              .as("%d rows from %d of depth %d", rows, first, depth)
              .isEqualTo(expected[first * shape.cStride() + i]);
        }
      }
    }
  }

  /** With rows that lie apart, or do not. */
  private Gemm.Shape shape(int rows, int depth) {
    int columns = COLUMNS[random.nextInt(COLUMNS.length)];
    return new Gemm.Shape(
        rows,
        columns,
        depth,
        depth + 2 * random.nextInt(20),
        columns + random.nextInt(2) * 16,
        columns + random.nextInt(2) * 7);
  }

  private static Gemm.Shape with(Gemm.Shape of, int rows) {
    return new Gemm.Shape(rows, of.columns(), of.depth(), of.aStride(), of.bStride(), of.cStride());
  }

  private static int rowBytes(Gemm.Shape shape, int rows) {
    return rows * shape.aStride() * Short.BYTES;
  }

  private void check(Gemm.Shape shape, boolean add) {
    ByteBuffer a = numbers(shape.rows() * shape.aStride());
    ByteBuffer b = numbers(shape.depth() * shape.bStride());
    float[] before = new float[shape.rows() * shape.cStride()];
    float[] magnitudes = new float[before.length];
    for (int i = 0; i < before.length; i++) {
      before[i] = (float) random.nextGaussian();
      magnitudes[i] = Math.abs(before[i]);
    }
    float[] expected = product(plain, shape, a, b, before, add);
    float[] actual = product(gemm, shape, a, b, before, add);
    magnitudes = product(plain, shape, unsigned(a), unsigned(b), magnitudes, add);
    for (int i = 0; i < expected.length; i++) {
      // Both are off; and what lies between rows stays as it is.
      boolean between = i % shape.cStride() >= shape.columns();
      double limit = between ? 0 : 2 * (shape.depth() + 1) * ROUNDING * magnitudes[i];
      assertThat((double) actual[i])
          .as("%s, %s, number %d", shape, add, i)
          .isCloseTo(expected[i], within(limit));
    }
  }

  private static float[] product(
      Gemm gemm, Gemm.Shape shape, ByteBuffer a, ByteBuffer b, float[] before, boolean add) {
    ByteBuffer c = direct(before.length * Float.BYTES);
    c.asFloatBuffer().put(before);
    gemm.multiply(shape, gemm.address(a), gemm.address(b), gemm.address(c), add);
    float[] after = new float[before.length];
    c.asFloatBuffer().get(after);
    return after;
  }

  /** So many random numbers of bfloat16. */
  private ByteBuffer numbers(int count) {
    ByteBuffer numbers = direct(count * Short.BYTES);
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian());
      numbers.putShort(i * Short.BYTES, (short) (bits >>> Short.SIZE));
    }
    return numbers;
  }

  private static ByteBuffer unsigned(ByteBuffer numbers) {
    ByteBuffer unsigned = direct(numbers.capacity());
    for (int i = 0; i < numbers.capacity(); i += Short.BYTES) {
      unsigned.putShort(i, (short) (numbers.order(ByteOrder.nativeOrder()).getShort(i) & ~SIGN));
    }
    return unsigned;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
