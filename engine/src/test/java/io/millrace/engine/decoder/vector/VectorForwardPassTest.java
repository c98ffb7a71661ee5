package io.millrace.engine.decoder.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.simd.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Token by token, and whoever else is in the step, logits are those of the whole sequence. */
final class VectorForwardPassTest extends ForwardPassTest {
  private static final int BLOCK_SIZE = 16;
  private static final int MAX_ROWS = 9;

  /** One begins every second step, so that steps have 1 to 9 rows, at different positions. */
  private static final int DELAY = 2;

  private static final int[] LENGTHS = {70, 60, 45, 33, 31, 17, 16, 3, 1};

  private static final int LONGEST = 70;

  private final Random random = new Random(13);

  @Test
  void logits_goOnAfterAStepThatFailed() {
    DecoderShape shape = shape(4, 2, 8, 0, true);
    PlainDecoder plain =
        new PlainDecoder(shape, VOCAB, WeightFormat.FLOAT32, false, false, false, 6);
    List<LayerCache> cache = caches(plain, shape, false, 2);
    float[][] embedded = embedded(2);
    try (ThreadTeam team = new ThreadTeam(2)) {
      VectorForwardPass pass = plain.packed(BLOCK_SIZE, MAX_ROWS, team);
      int[] beyondTheCache = {1_000_000};
      assertThat(
              catchThrowable(
                  () ->
                      pass.run(
                          step(new int[1], new int[][] {beyondTheCache}),
                          embedded[0].clone(),
                          cache)))
          .isInstanceOf(RuntimeException.class);
      int[][] table = {{1}};
      pass.run(step(new int[] {0}, table), embedded[0].clone(), cache);
      pass.run(step(new int[] {1}, table), embedded[1].clone(), cache);
      assertClose(pass.logits(), 0, plain.logits(embedded)[1], 2e-5, "second token");
    }
  }

  @Override
  void check(PlainDecoder plain, DecoderShape shape, int threads, double limit) {
    int numBlocks = PlainCache.numBlocks(LENGTHS, BLOCK_SIZE);
    List<LayerCache> cache = caches(plain, shape, plain.hasNarrowValues(), numBlocks);
    int[][] tables = PlainCache.scattered(LENGTHS, BLOCK_SIZE, random);
    float[][][] embedded =
        Arrays.stream(LENGTHS).mapToObj(this::embedded).toArray(float[][][]::new);
    double[][][] expected = Arrays.stream(embedded).map(plain::logits).toArray(double[][][]::new);
    try (ThreadTeam team = new ThreadTeam(threads)) {
      VectorForwardPass pass = plain.packed(BLOCK_SIZE, MAX_ROWS, team);
      for (int step = 0; step < LONGEST; step++) {
        List<Integer> rows = rows(step);
        float[] logits = step(pass, cache, tables, embedded, rows, step);
        assertThat(logits).hasSize(rows.size() * VOCAB);
        assertThat(pass.argmax()).isEqualTo(TinyShape.likeliest(logits, VOCAB));
        for (int i = 0; i < rows.size(); i++) {
          int position = step - DELAY * rows.get(i);
          String what = "sequence %d of %s at %d".formatted(rows.get(i), rows, position);
          assertClose(logits, i, expected[rows.get(i)][position], limit, what);
        }
      }
    }
  }

  private static float[] step(
      VectorForwardPass pass,
      List<LayerCache> cache,
      int[][] tables,
      float[][][] embedded,
      List<Integer> rows,
      int step) {
    int[] positions = rows.stream().mapToInt(row -> step - DELAY * row).toArray();
    float[] hidden = new float[rows.size() * HIDDEN];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(embedded[rows.get(i)][positions[i]], 0, hidden, i * HIDDEN, HIDDEN);
    }
    int[][] used = rows.stream().map(row -> tables[row]).toArray(int[][]::new);
    pass.run(step(positions, used), hidden, cache);
    return pass.logits();
  }

  /** One token of each of some sequences, all of them wanted. */
  private static StepInput step(int[] positions, int[][] tables) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < positions.length; i++) {
      spans.add(new Span(positions[i], 1, tables[i]));
    }
    int[] all = IntStream.range(0, positions.length).toArray();
    return new StepInput(spans, new int[positions.length], all);
  }

  /** Those that have begun and are not over, in another order each time. */
  private List<Integer> rows(int step) {
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < LENGTHS.length; i++) {
      if (step >= DELAY * i && step < DELAY * i + LENGTHS[i]) {
        rows.add(i);
      }
    }
    Collections.shuffle(rows, random);
    return rows;
  }

  private List<LayerCache> caches(
      PlainDecoder plain, DecoderShape shape, boolean narrow, int numBlocks) {
    return IntStream.range(0, plain.numLayers())
        .mapToObj(i -> new PlainCache(shape, numBlocks, BLOCK_SIZE, narrow, random).cache())
        .toList();
  }

  private float[][] embedded(int tokens) {
    return TinyShape.embedded(random, tokens, HIDDEN);
  }

  private static void assertClose(
      float[] logits, int row, double[] expected, double limit, String what) {
    double worst = 0;
    for (int i = 0; i < VOCAB; i++) {
      assertThat(logits[row * VOCAB + i]).isFinite();
      worst = Math.max(worst, Math.abs(logits[row * VOCAB + i] - expected[i]));
    }
    assertThat(worst).as(what).isLessThan(limit);
  }
}
