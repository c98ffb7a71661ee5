package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.vector.PlainMatrix;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.simd.Bfloat16;
import io.millrace.engine.simd.Lanes;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is what is read and multiplied, in bfloat16, and nothing else changes. */
final class PairedCacheTest {
  private static final int BLOCKS = 3;
  private static final int MOST_ROWS = 32;
  private static final String SHAPES =
      """
      1, 16, 2
      2, 16, 8
      3, 16, 10
      2, 32, 16
      1, 48, 64
      4, 16, 80
      """;

  private final Random random = new Random(19);
  private final Gemm gemm = new PlainGemm();

  /** A cache of a certain shape, and its content in plain arrays. */
  private final class Filled {
    private final int kvHeads;
    private final int blockSize;
    private final int headDim;
    private final PairedCache cache;
    private final float[][][][] keys;
    private final float[][][][] values;

    /** Every token of every head is written. */
    Filled(int kvHeads, int blockSize, int headDim) {
      this.kvHeads = kvHeads;
      this.blockSize = blockSize;
      this.headDim = headDim;
      int bytes = BLOCKS * kvHeads * blockSize * headDim * Short.BYTES;
      this.cache =
          new PairedCache(
              gemm,
              ByteBuffer.allocateDirect(bytes),
              ByteBuffer.allocateDirect(bytes),
              kvHeads,
              blockSize,
              headDim);
      this.keys = new float[BLOCKS][kvHeads][blockSize][];
      this.values = new float[BLOCKS][kvHeads][blockSize][];
      for (int slot = 0; slot < BLOCKS * blockSize; slot++) {
        for (int head = 0; head < kvHeads; head++) {
          write(slot / blockSize, head, slot % blockSize);
        }
      }
    }

    void write(int block, int head, int offset) {
      float[] both = new float[2 * headDim + 4];
      for (int i = 0; i < both.length; i++) {
        both[i] = (float) random.nextGaussian();
      }
      // Halfway between two numbers of bfloat16.
      both[1] = 1 + 0x1p-8f;
      cache.write(block, head, offset, both, 1, headDim + 3);
      keys[block][head][offset] = rounded(both, 1);
      values[block][head][offset] = rounded(both, headDim + 3);
    }

    private float[] rounded(float[] from, int at) {
      float[] rounded = new float[headDim];
      for (int i = 0; i < headDim; i++) {
        rounded[i] = PlainMatrix.bfloat16(from[at + i]);
      }
      return rounded;
    }

    void assertReads() {
      int padded = Lanes.padded(headDim);
      int[] words = new int[kvHeads * blockSize * padded / 2];
      float[] readKeys = new float[kvHeads * headDim * blockSize];
      float[] readValues = new float[kvHeads * blockSize * padded];
      for (int slot = 0; slot < BLOCKS * blockSize; slot++) {
        int block = slot / blockSize;
        int offset = slot % blockSize;
        cache.readKeys(block, readKeys, words);
        cache.readValues(block, readValues, words);
        for (int i = 0; i < kvHeads * headDim; i++) {
          int head = i / headDim;
          int number = i % headDim;
          assertThat(readKeys[i * blockSize + offset])
              .as("key %d of %d in %d", i, offset, block)
              .isEqualTo(keys[block][head][offset][number]);
          int at = (head * blockSize + offset) * padded + cache.place(number);
          assertThat(readValues[at])
              .as("value %d of %d in %d", i, offset, block)
              .isEqualTo(values[block][head][offset][number]);
        }
      }
    }
  }

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @CsvSource(textBlock = SHAPES)
  void read_givesWhatWasWritten(int kvHeads, int blockSize, int headDim) {
    Filled filled = new Filled(kvHeads, blockSize, headDim);
    assertThat(filled.cache.blockSize()).isEqualTo(blockSize);
    filled.assertReads();
  }

  /** The other token of a pair, other heads and other blocks keep what they have. */
  @ParameterizedTest
  @CsvSource(textBlock = SHAPES)
  void write_changesOneTokenOfOneHead(int kvHeads, int blockSize, int headDim) {
    Filled filled = new Filled(kvHeads, blockSize, headDim);
    filled.write(1, 0, 0);
    filled.write(1, kvHeads - 1, 5);
    filled.write(0, kvHeads - 1, blockSize - 1);
    filled.write(2, 0, 2);
    filled.assertReads();
  }

  @ParameterizedTest
  @CsvSource(textBlock = SHAPES)
  void addresses_areThoseOfMatrices(int kvHeads, int blockSize, int headDim) {
    Filled filled = new Filled(kvHeads, blockSize, headDim);
    int block = BLOCKS - 1;
    for (int head = 0; head < kvHeads; head++) {
      float[][] keys = filled.keys[block][head];
      float[] query = random(headDim);
      float[] scores = product(query, filled.cache.keys(block, head), blockSize);
      float[] weights = random(blockSize);
      float[] found = product(weights, filled.cache.values(block, head), headDim);
      double[] expected = new double[headDim];
      for (int token = 0; token < blockSize; token++) {
        double score = 0;
        for (int i = 0; i < headDim; i++) {
          score += (double) query[i] * keys[token][i];
          expected[i] += (double) weights[token] * filled.values[block][head][token][i];
        }
        assertThat((double) scores[token]).isCloseTo(score, within(1e-4));
      }
      for (int i = 0; i < headDim; i++) {
        assertThat((double) found[i]).isCloseTo(expected[i], within(1e-4));
      }
    }
  }

  /** Up to the last head of the last block, behind which there is nothing. */
  @ParameterizedTest
  @CsvSource(textBlock = SHAPES)
  void fetch_touchesOnlyWhatThereIs(int kvHeads, int blockSize, int headDim) {
    PairedCache cache = new Filled(kvHeads, blockSize, headDim).cache;
    for (int head = 0; head < kvHeads; head++) {
      int first = head;
      assertThatCode(
              () -> {
                cache.fetchKeys(BLOCKS - 1, first, kvHeads - first);
                cache.fetchValues(BLOCKS - 1, first, kvHeads - first);
              })
          .doesNotThrowAnyException();
    }
  }

  /** Numbers of bfloat16. */
  private float[] random(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Bfloat16.round((float) random.nextGaussian());
    }
    return numbers;
  }

  private float[] product(float[] x, long matrix, int columns) {
    Activations inputs = new Activations(gemm, x.length);
    inputs.reserve(MOST_ROWS);
    int[] line = new int[x.length / 2];
    Pairs.round(x, 0, line, x.length);
    inputs.put(0, 0, line, line.length);
    Sums sums = new Sums(gemm);
    sums.reserve(MOST_ROWS * columns);
    gemm.multiply(
        new Gemm.Shape(1, columns, x.length, x.length, columns, columns),
        inputs.address(0),
        matrix,
        sums.address(),
        false);
    return sums.read(columns);
  }
}
