package io.millrace.engine.decoder.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.simd.ThreadTeam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** However prompts are cut, and whoever else is in the step, logits are those of the sequence. */
final class BatchForwardPassTest extends ForwardPassTest {
  private static final int BLOCK_SIZE = 32;

  /** More than a tile of rows together, and at the edges of blocks and groups. */
  private static final int[] LENGTHS = {110, 70, 45, 33, 17, 16, 7, 3, 1};

  private static final int WHOLE = Integer.MAX_VALUE;

  private final Random random = new Random(37);

  @Override
  void check(PlainDecoder plain, DecoderShape shape, int threads, double limit) {
    float[][][] embedded =
        Arrays.stream(LENGTHS)
            .mapToObj(length -> TinyShape.embedded(random, length, HIDDEN))
            .toArray(float[][][]::new);
    double[][][] expected = Arrays.stream(embedded).map(plain::logits).toArray(double[][][]::new);
    try (ThreadTeam team = new ThreadTeam(threads)) {
      BatchForwardPass pass = plain.batched(BLOCK_SIZE, team);
      for (int chunk : new int[] {1, 7, 16, WHOLE}) {
        check(pass, caches(plain, shape), chunk, embedded, expected, limit);
      }
    }
  }

  /** All sequences, each with the next of its tokens in every step; single ones come first. */
  private void check(
      BatchForwardPass pass,
      List<LayerCache> cache,
      int chunk,
      float[][][] embedded,
      double[][][] expected,
      double limit) {
    int[][] tables = PlainCache.scattered(LENGTHS, BLOCK_SIZE, random);
    int[] done = new int[LENGTHS.length];
    while (IntStream.range(0, done.length).anyMatch(i -> done[i] < LENGTHS[i])) {
      List<int[]> rows = new ArrayList<>();
      List<Span> spans = new ArrayList<>();
      for (boolean single : new boolean[] {true, false}) {
        for (int i = 0; i < done.length; i++) {
          int count = Math.min(chunk, LENGTHS[i] - done[i]);
          if (count > 0 && (count == 1) == single) {
            spans.add(new Span(done[i], count, tables[i]));
            for (int token = 0; token < count; token++) {
              rows.add(new int[] {i, done[i] + token});
            }
          }
        }
      }
      float[] logits = step(pass, cache, spans, rows, embedded);
      for (int row = 0; row < rows.size(); row++) {
        int[] place = rows.get(row);
        assertClose(logits, row, expected[place[0]][place[1]], limit);
        done[place[0]] = place[1] + 1;
      }
    }
  }

  private static float[] step(
      BatchForwardPass pass,
      List<LayerCache> cache,
      List<Span> spans,
      List<int[]> rows,
      float[][][] embedded) {
    float[] hidden = new float[rows.size() * HIDDEN];
    for (int row = 0; row < rows.size(); row++) {
      int[] place = rows.get(row);
      System.arraycopy(embedded[place[0]][place[1]], 0, hidden, row * HIDDEN, HIDDEN);
    }
    int[] all = IntStream.range(0, rows.size()).toArray();
    pass.run(new StepInput(spans, new int[rows.size()], all), hidden, cache);
    float[] logits = pass.logits();
    assertThat(logits).hasSize(rows.size() * VOCAB);
    assertThat(pass.argmax()).isEqualTo(TinyShape.likeliest(logits, VOCAB));
    return logits;
  }

  private List<LayerCache> caches(PlainDecoder plain, DecoderShape shape) {
    int numBlocks = PlainCache.numBlocks(LENGTHS, BLOCK_SIZE);
    return IntStream.range(0, plain.numLayers())
        .mapToObj(
            i ->
                new PlainCache(shape, numBlocks, BLOCK_SIZE, plain.hasNarrowValues(), random)
                    .cache())
        .toList();
  }

  private static void assertClose(float[] logits, int row, double[] expected, double limit) {
    double worst = 0;
    for (int i = 0; i < VOCAB; i++) {
      assertThat(logits[row * VOCAB + i]).isFinite();
      worst = Math.max(worst, Math.abs(logits[row * VOCAB + i] - expected[i]));
    }
    assertThat(worst).isLessThan(limit);
  }
}
