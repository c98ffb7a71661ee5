package io.millrace.engine.decoder.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.simd.Lanes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention of tiles of tokens, over blocks in any order, is attention. */
final class PromptAttentionTest {
  private static final int BLOCK_SIZE = 32;

  /** Ends of spans, at the edges of blocks and tiles, and before each its tokens. */
  private static final int[] ENDS = {1, 31, 33, 64, 300, 100};

  private static final int[] COUNTS = {1, 31, 2, 64, 33, 7};

  /** Rows before the first span. */
  private static final int FIRST_ROW = 2;

  private static final int EXTRA = 5;

  private final Random random = new Random(31);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "4, 2", "6, 2", "3, 1", "7, 1"})
  void run_seesAllBefore(int heads, int kvHeads) {
    check(shape(heads, kvHeads, 16, 0, false), false, ENDS, COUNTS);
  }

  /** Heads that are less than a panel, and no whole number of them. */
  @ParameterizedTest
  @CsvSource({"2", "10", "24", "80", "128"})
  void run_takesHeadsOfAnyEvenWidth(int headDim) {
    check(shape(4, 2, headDim, 0, false), false, ENDS, COUNTS);
  }

  @ParameterizedTest
  @CsvSource({"1", "5", "33", "100", "5000"})
  void run_seesNothingBeforeItsWindow(int window) {
    check(shape(6, 2, 16, window, false), false, ENDS, COUNTS);
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 0", "6, 2, 0", "4, 2, 40"})
  void run_countsDistanceByItsSlopes(int heads, int kvHeads, int window) {
    check(shape(heads, kvHeads, 16, window, true), false, ENDS, COUNTS);
  }

  @Test
  void run_readsValuesInBfloat16() {
    check(shape(6, 2, 2 * Lanes.COUNT, 0, false), true, ENDS, COUNTS);
  }

  /** So many scores that tiles are small. */
  @Test
  void run_takesLongContexts() {
    check(shape(16, 1, 16, 0, false), false, new int[] {700}, new int[] {40});
  }

  private DecoderShape shape(int heads, int kvHeads, int headDim, int window, boolean sloped) {
    float[] slopes = new float[sloped ? heads : 0];
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = (float) Math.pow(2, -8.0 * (i + 1) / heads);
    }
    return new DecoderShape(8, heads, kvHeads, headDim, 8, window, 0, 0, new float[0], slopes);
  }

  private void check(DecoderShape shape, boolean narrow, int[] ends, int[] counts) {
    int blocks = PlainCache.numBlocks(ends, BLOCK_SIZE);
    PlainCache cache = new PlainCache(shape, blocks, BLOCK_SIZE, narrow, random);
    int[][] tables = PlainCache.scattered(ends, BLOCK_SIZE, random);
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < ends.length; i++) {
      spans.add(new Span(ends[i] - counts[i], counts[i], tables[i]));
    }
    int rows = FIRST_ROW + Arrays.stream(counts).sum();
    int width = shape.heads() * shape.headDim();
    float[] queries = queries(rows, width, shape.headDim());
    GroupedRows found = run(shape, cache.cache(), spans, queries, rows);
    int row = FIRST_ROW;
    for (Span span : spans) {
      for (int i = 0; i < span.count(); i++) {
        checkRow(shape, cache, queries, found, row++, span.from() + i, span.table());
      }
    }
  }

  private static GroupedRows run(
      DecoderShape shape, LayerCache cache, List<Span> spans, float[] queries, int rows) {
    int width = shape.heads() * shape.headDim();
    PromptAttention attention = new PromptAttention(shape, BLOCK_SIZE, 2);
    attention.plan(FIRST_ROW, spans);
    GroupedRows found = new GroupedRows(MicroKernel.GROUP);
    found.reserve(rows, width);
    for (int part = attention.numParts() - 1; part >= 0; part--) {
      attention.run(part, part % 2, cache, queries, width + EXTRA, found);
    }
    return found;
  }

  private static void checkRow(
      DecoderShape shape,
      PlainCache cache,
      float[] queries,
      GroupedRows found,
      int row,
      int position,
      int[] table) {
    int width = shape.heads() * shape.headDim();
    int first = PackedMatrix.firstPlace(row, MicroKernel.GROUP, width);
    for (int head = 0; head < shape.heads(); head++) {
      int from = row * (width + EXTRA) + head * shape.headDim();
      float[] query = Arrays.copyOfRange(queries, from, from + shape.headDim());
      double[] expected = cache.attention(query, head, position, table);
      for (int i = 0; i < expected.length; i++) {
        int at = first + (head * shape.headDim() + i) * MicroKernel.GROUP;
        assertThat((double) found.numbers()[at])
            .as("position %d, head %d, number %d", position, head, i)
            .isCloseTo(expected[i], within(2e-5));
      }
    }
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
