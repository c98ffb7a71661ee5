package io.millrace.engine.decoder.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.simd.Lanes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention in segments, and over blocks in any order, is attention. */
final class VectorAttentionTest {
  /** Contexts at the edges of blocks, and one of many blocks and segments. */
  private static final int[] LENGTHS = {1, 31, 32, 33, 700, 16, 17, 2, 64};

  private static final int EXTRA = 5;

  private final Random random = new Random(11);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 16", "4, 2, 16", "6, 2, 16", "3, 1, 32", "4, 2, 32", "6, 1, 32", "2, 2, 32"})
  void run_seesAllBefore(int heads, int kvHeads, int blockSize) {
    check(shape(heads, kvHeads, 16, 0, false), blockSize, false, 2, LENGTHS);
  }

  /** Heads that are less than a vector, no whole number of them, and more than four. */
  @ParameterizedTest
  @CsvSource({"2", "10", "24", "80", "128"})
  void run_takesHeadsOfAnyEvenWidth(int headDim) {
    check(shape(4, 2, headDim, 0, false), 16, false, 2, LENGTHS);
  }

  @ParameterizedTest
  @CsvSource({"1, 16", "5, 16", "16, 16", "17, 16", "100, 16", "37, 32", "5000, 32"})
  void run_seesNothingBeforeItsWindow(int window, int blockSize) {
    check(shape(6, 2, 16, window, false), blockSize, false, 2, LENGTHS);
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 0, 16", "6, 2, 0, 16", "4, 2, 40, 32", "5, 1, 0, 32"})
  void run_countsDistanceByItsSlopes(int heads, int kvHeads, int window, int blockSize) {
    check(shape(heads, kvHeads, 16, window, true), blockSize, false, 2, LENGTHS);
  }

  @ParameterizedTest
  @CsvSource({"1, 16, 0", "2, 16, 0", "1, 32, 50", "3, 32, 0"})
  void run_readsValuesInBfloat16(int vectors, int blockSize, int window) {
    int headDim = 2 * Lanes.COUNT * vectors;
    assertThat(TransposedCache.canBeNarrow(headDim)).isTrue();
    check(shape(6, 2, headDim, window, false), blockSize, true, 2, LENGTHS);
  }

  /** Alone, a long context is cut finely; among many, into segments of the most blocks. */
  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void run_cutsContextsForAnyNumberOfThreads(int threads) {
    DecoderShape shape = shape(2, 1, 16, 0, false);
    check(shape, 16, false, threads, 700);
    check(shape, 16, false, threads, 1);
    check(shape, 16, false, threads, 5000, 700, 3);
  }

  @Test
  void plan_forgetsTheStepBefore() {
    DecoderShape shape = shape(4, 2, 16, 0, false);
    PlainCache cache = cache(shape, 16, false, LENGTHS);
    VectorAttention attention = new VectorAttention(shape, 16, false, 2);
    int[][] tables = PlainCache.scattered(LENGTHS, 16, random);
    for (int rows = LENGTHS.length; rows > 0; rows -= 2) {
      check(attention, shape, cache, Arrays.copyOf(LENGTHS, rows), Arrays.copyOf(tables, rows));
    }
  }

  private DecoderShape shape(int heads, int kvHeads, int headDim, int window, boolean sloped) {
    float[] slopes = new float[sloped ? heads : 0];
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = (float) Math.pow(2, -8.0 * (i + 1) / heads);
    }
    return new DecoderShape(8, heads, kvHeads, headDim, 8, window, 0, 0, new float[0], slopes);
  }

  private PlainCache cache(DecoderShape shape, int blockSize, boolean narrow, int... lengths) {
    int blocks = PlainCache.numBlocks(lengths, blockSize);
    return new PlainCache(shape, blocks, blockSize, narrow, random);
  }

  private void check(
      DecoderShape shape, int blockSize, boolean narrow, int threads, int... lengths) {
    PlainCache cache = cache(shape, blockSize, narrow, lengths);
    int[][] tables = PlainCache.scattered(lengths, blockSize, random);
    check(new VectorAttention(shape, blockSize, false, threads), shape, cache, lengths, tables);
  }

  private void check(
      VectorAttention attention,
      DecoderShape shape,
      PlainCache cache,
      int[] lengths,
      int[][] tables) {
    int[] positions = Arrays.stream(lengths).map(length -> length - 1).toArray();
    int width = shape.heads() * shape.headDim();
    float[] queries = queries(lengths.length, width, shape.headDim());
    float[] outputs = run(attention, cache.cache(), positions, tables, queries, width);
    int group = PackedMatrix.groupOf(lengths.length);
    for (int row = 0; row < lengths.length; row++) {
      int first = PackedMatrix.firstPlace(row, group, width);
      for (int head = 0; head < shape.heads(); head++) {
        int from = row * (width + EXTRA) + head * shape.headDim();
        float[] query = Arrays.copyOfRange(queries, from, from + shape.headDim());
        double[] expected = cache.attention(query, head, positions[row], tables[row]);
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) outputs[first + (head * shape.headDim() + i) * group])
              .as("row of %d tokens, head %d, number %d", lengths[row], head, i)
              .isCloseTo(expected[i], within(1e-5));
        }
      }
    }
  }

  private static float[] run(
      VectorAttention attention,
      LayerCache cache,
      int[] positions,
      int[][] tables,
      float[] queries,
      int width) {
    attention.plan(positions, tables);
    for (int part = attention.numParts() - 1; part >= 0; part--) {
      attention.run(part, 0, cache, queries, width + EXTRA);
    }
    float[] outputs = new float[PackedMatrix.padded(positions.length) * width];
    attention.collect(cache, outputs, PackedMatrix.groupOf(positions.length));
    return outputs;
  }

  /** Scores of some units, so that some keys count much more than others. */
  private float[] queries(int rows, int width, int headDim) {
    float[] queries = new float[rows * (width + EXTRA)];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = (float) (2 * random.nextGaussian() / Math.sqrt(headDim));
    }
    return queries;
  }
}
