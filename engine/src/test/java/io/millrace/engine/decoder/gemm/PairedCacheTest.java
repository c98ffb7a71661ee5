package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.vector.PlainMatrix;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.simd.Bfloat16;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is what is read and multiplied, in bfloat16, and nothing else changes. */
final class PairedCacheTest {
  private static final int BLOCKS = 3;
  private static final int MOST_ROWS = 32;
  private static final int PANEL = LayerCache.PANEL;
  private static final String SHAPES =
      """
      1, 32, 2
      2, 32, 8
      3, 32, 10
      2, 32, 16
      1, 64, 64
      4, 32, 80
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
      LayerCache.Scratch scratch = LayerCache.Scratch.of(blockSize, headDim);
      for (int block = 0; block < BLOCKS; block++) {
        for (int head = 0; head < kvHeads; head++) {
          cache.readKeyPanels(block, head, scratch);
          for (int token = 0; token < blockSize; token++) {
            for (int i = 0; i < headDim; i++) {
              int at = token / PANEL * PANEL * headDim + i * PANEL + token % PANEL;
              assertThat(scratch.numbers()[at])
                  .as("number %d of key %d, head %d of %d", i, token, head, block)
                  .isEqualTo(keys[block][head][token][i]);
            }
          }
          cache.readValuePanels(block, head, scratch);
          for (int token = 0; token < blockSize; token++) {
            for (int i = 0; i < headDim; i++) {
              int at = i / PANEL * PANEL * blockSize + token * PANEL + i % PANEL;
              assertThat(scratch.numbers()[at])
                  .as("number %d of value %d, head %d of %d", i, token, head, block)
                  .isEqualTo(values[block][head][token][i]);
            }
          }
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

  /** As many rows as heads may share a key. */
  @ParameterizedTest
  @CsvSource(textBlock = SHAPES)
  void multiply_addsTheProductsOfAnyNumberOfRows(int kvHeads, int blockSize, int headDim) {
    Filled filled = new Filled(kvHeads, blockSize, headDim);
    LayerCache.Scratch scratch = LayerCache.Scratch.of(blockSize, headDim);
    int padded = LayerCache.padded(headDim);
    int head = kvHeads - 1;
    for (int rows = 1; rows <= 9; rows++) {
      float[][] queries = new float[rows][];
      float[][] weights = new float[rows][];
      float[] laidOut = new float[rows * padded];
      float[] x = new float[rows * (blockSize + 3)];
      for (int row = 0; row < rows; row++) {
        queries[row] = random(headDim);
        filled.cache.layOutQuery(queries[row], 0, laidOut, row * padded);
        weights[row] = random(blockSize);
        System.arraycopy(weights[row], 0, x, row * (blockSize + 3), blockSize);
      }
      float[] scores = new float[rows * (blockSize + 5)];
      Arrays.fill(scores, 1);
      filled.cache.multiplyKeys(1, head, rows, laidOut, 0, scores, 0, blockSize + 5, scratch);
      float[] sums = new float[rows * padded];
      Arrays.fill(sums, 1);
      filled.cache.multiplyValues(1, head, rows, x, 0, blockSize + 3, sums, 0, scratch);
      for (int row = 0; row < rows; row++) {
        double[] found = new double[headDim];
        Arrays.fill(found, 1);
        for (int token = 0; token < blockSize; token++) {
          double score = 1;
          for (int i = 0; i < headDim; i++) {
            score += (double) queries[row][i] * filled.keys[1][head][token][i];
            found[i] += (double) weights[row][token] * filled.values[1][head][token][i];
          }
          assertThat((double) scores[row * (blockSize + 5) + token]).isCloseTo(score, within(1e-4));
        }
        for (int i = 0; i < headDim; i++) {
          assertThat((double) sums[row * padded + filled.cache.place(i)])
              .isCloseTo(found[i], within(1e-4));
        }
      }
    }
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
