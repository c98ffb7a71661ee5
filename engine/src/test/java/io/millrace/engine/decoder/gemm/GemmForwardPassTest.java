package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.gemm.GemmRun.Chunk;
import io.millrace.engine.decoder.vector.PlainDecoder;
import io.millrace.engine.decoder.vector.TinyShape;
import io.millrace.engine.decoder.vector.WeightFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A token's logits are near those of the whole sequence, and the same whoever it is with. */
final class GemmForwardPassTest {
  private static final int BLOCK_SIZE = 32;

  /** More than a chunk of rows, and at the edges of blocks and tiles. */
  private static final int[] LENGTHS = {140, 70, 45, 33, 17, 16, 8, 3, 1};

  private static final int TOKENS = Arrays.stream(LENGTHS).sum();

  /**
   * A logit is some 1 in size, and what it is made of is rounded a dozen times by up to 1/512:
   * these errors are apart, and add up to little more than one of them. Attention to large numbers,
   * which heads have that are not normalized, makes a few tokens worse.
   */
  private static final double USUAL = 0x1p-7;

  private static final double WORST = 0x1p-5;

  private static final int WHOLE = Integer.MAX_VALUE;

  private final Random random = new Random(23);

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @ParameterizedTest
  @EnumSource(TinyDecoder.class)
  void logits_areNearThoseOfTheWholeSequence(TinyDecoder model) {
    float[][][] embedded = embedded(model, LENGTHS);
    PlainDecoder plain = model.plain();
    float[][][] logits = logits(model, embedded, BLOCK_SIZE, 2, 16);
    double worst = 0;
    double squares = 0;
    for (int i = 0; i < embedded.length; i++) {
      double[][] expected = plain.logits(embedded[i]);
      for (int token = 0; token < expected.length; token++) {
        double distance = distance(logits[i][token], expected[token]);
        worst = Math.max(worst, distance);
        squares += distance * distance;
      }
    }
    assertThat(worst).isLessThan(WORST);
    assertThat(Math.sqrt(squares / TOKENS)).isLessThan(USUAL);
  }

  @ParameterizedTest
  @EnumSource(TinyDecoder.class)
  void logits_areTheSameInAnyChunksAloneAndTogether(TinyDecoder model) {
    float[][][] embedded = embedded(model, LENGTHS);
    float[][][] expected = new float[embedded.length][][];
    for (int i = 0; i < embedded.length; i++) {
      float[][][] one = {embedded[i]};
      expected[i] = logits(model, one, BLOCK_SIZE, 1, 1)[0];
      for (int chunk : new int[] {7, 16, WHOLE}) {
        assertSame(logits(model, one, BLOCK_SIZE, 2, chunk)[0], expected[i]);
      }
    }
    for (int chunk : new int[] {1, 7, 16, WHOLE}) {
      float[][][] together = logits(model, embedded, BLOCK_SIZE, 2, chunk);
      for (int i = 0; i < embedded.length; i++) {
        assertSame(together[i], expected[i]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void logits_areTheSameWithBlocksOfAnySize(int blockSize) {
    for (TinyDecoder model : List.of(TinyDecoder.WINDOWED, TinyDecoder.SLOPED)) {
      float[][][] embedded = embedded(model, LENGTHS);
      float[][][] expected = logits(model, embedded, blockSize, 1, 1);
      assertThat(logits(model, embedded, blockSize, 2, 16)).isDeepEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(TinyDecoder.class)
  void logits_areTheSameWithAnyNumberOfThreads(TinyDecoder model) {
    float[][][] embedded = embedded(model, 60, 37, 20);
    float[][][] expected = logits(model, embedded, BLOCK_SIZE, 1, 16);
    for (int threads = 2; threads <= 4; threads++) {
      assertThat(logits(model, embedded, BLOCK_SIZE, threads, 16)).isDeepEqualTo(expected);
    }
  }

  /** Prompts have several chunks of rows then, the last of which ends behind them. */
  @Test
  void run_takesPromptsOfMoreRowsThanAreMultipliedAtOnce() {
    TinyDecoder model = TinyDecoder.GROUPED;
    float[][][] embedded = embedded(model, 5, 190, 130, 140);
    float[][][] expected = logits(model, embedded, BLOCK_SIZE, 2, 1);
    try (GemmRun run = new GemmRun(model, model.plain(), BLOCK_SIZE, 2, embedded, 3)) {
      run.step(List.of(new Chunk(0, 4)));
      run.step(List.of(new Chunk(0, 1), new Chunk(3, 129), new Chunk(1, 190), new Chunk(2, 130)));
      run.step(List.of(new Chunk(3, 11)));
      assertThat(run.logits()).isDeepEqualTo(expected);
    }
  }

  @Test
  void logits_areTheWantedRows() {
    TinyDecoder model = TinyDecoder.BIASED;
    float[][][] embedded = embedded(model, 20, 7, 30);
    float[][][] expected = logits(model, embedded, BLOCK_SIZE, 1, WHOLE);
    try (GemmRun run = new GemmRun(model, model.plain(), BLOCK_SIZE, 2, embedded, 4)) {
      assertThat(run.step(List.of(new Chunk(2, 10)), new int[0])).isEmpty();
      List<Chunk> chunks = List.of(new Chunk(1, 7), new Chunk(2, 20), new Chunk(0, 20));
      float[] told = run.step(chunks, new int[] {46, 6, 0, 26});
      float[][] rows = {expected[0][19], expected[1][6], expected[1][0], expected[2][29]};
      for (int i = 0; i < rows.length; i++) {
        int at = i * model.vocab();
        assertThat(Arrays.copyOfRange(told, at, at + model.vocab())).isEqualTo(rows[i]);
      }
    }
  }

  private static void assertSame(float[][] actual, float[][] expected) {
    assertThat(actual).isDeepEqualTo(expected);
  }

  private float[][][] embedded(TinyDecoder model, int... lengths) {
    return Arrays.stream(lengths)
        .mapToObj(length -> TinyShape.embedded(random, length, model.shape().hidden()))
        .toArray(float[][][]::new);
  }

  /** With other leftovers and other places in the cache each time. */
  private float[][][] logits(
      TinyDecoder model, float[][][] embedded, int blockSize, int threads, int chunk) {
    try (GemmRun run =
        new GemmRun(model, model.plain(), blockSize, threads, embedded, random.nextLong())) {
      run.toEnd(chunk);
      return run.logits();
    }
  }

  /** The root of the mean square of differences. */
  private static double distance(float[] actual, double[] expected) {
    double squares = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    }
    return Math.sqrt(squares / expected.length);
  }
}
