package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over scattered blocks, of tokens and prompts, split and whole, against double. */
final class AttentionKernelsTest {
  private static final int CONTEXT = 150;

  private final Random random = new Random(4);

  @ParameterizedTest
  @CsvSource({
    "FLOAT32,  4,  2, 16, 8,  0,  false, 1",
    "FLOAT32,  6,  2, 16, 8,  37, false, 3",
    "FLOAT32,  4,  4, 16, 32, 0,  true,  16",
    "FLOAT32,  12, 1, 16, 16, 20, true,  2",
    "BFLOAT16, 8,  2, 64, 16, 0,  false, 4",
    "BFLOAT16, 10, 1, 64, 8,  0,  false, 1",
    "FLOAT16,  3,  1, 16, 8,  50, false, 5",
  })
  void attention_isWhatItIsInDouble(
      NumberType type,
      int heads,
      int kvHeads,
      int headDim,
      int blockSize,
      int window,
      boolean sloped,
      int splits) {
    Setting setting = new Setting(type, heads, kvHeads, headDim, blockSize, window, sloped);
    try (KernelBench bench = new KernelBench(type, headDim)) {
      new Trial(setting, bench, random).run(splits);
    }
  }

  /** What is attended to, and how. */
  private record Setting(
      NumberType type,
      int heads,
      int kvHeads,
      int headDim,
      int blockSize,
      int window,
      boolean sloped) {
    int padded() {
      return DecoderKernels.padded(headDim, DecoderKernels.CHUNK);
    }

    int blocks() {
      return (CONTEXT - 1) / blockSize + 1;
    }
  }

  /** Some spans of sequences whose blocks lie anywhere among others full of what is no number. */
  private static final class Trial {
    private final Setting setting;
    private final KernelBench bench;
    private final List<Span> spans = new ArrayList<>();
    private final float[][] keys;
    private final float[][] values;
    private final float[] queries;
    private final float[] slopes;
    private final long cachedKeys;
    private final long cachedValues;

    Trial(Setting setting, KernelBench bench, Random random) {
      this.setting = setting;
      this.bench = bench;
      int[][] places = {{0, 1}, {CONTEXT - 1, 1}, {77, 1}, {0, 9}, {100, 50}, {5, 23}};
      int allBlocks = places.length * setting.blocks() + 2;
      List<Integer> free = new ArrayList<>();
      for (int i = 0; i < allBlocks; i++) {
        free.add(i);
      }
      Collections.shuffle(free, random);
      for (int[] place : places) {
        int[] table = new int[(place[0] + place[1] - 1) / setting.blockSize + 1];
        for (int i = 0; i < table.length; i++) {
          table[i] = free.remove(0);
        }
        spans.add(new Span(place[0], place[1], table));
      }
      int width = setting.kvHeads * setting.headDim;
      keys = new float[places.length][];
      values = new float[places.length][];
      for (int i = 0; i < places.length; i++) {
        keys[i] = bench.random(random, spans.get(i).end() * width);
        values[i] = bench.random(random, spans.get(i).end() * width);
      }
      queries = bench.random(random, rows() * setting.heads * setting.headDim);
      slopes = setting.sloped ? bench.random(random, setting.heads) : new float[0];
      cachedKeys = cache(allBlocks, true);
      cachedValues = cache(allBlocks, false);
    }

    private int rows() {
      return spans.stream().mapToInt(Span::count).sum();
    }

    /** Keys or values as the cache has them; what no sequence put there is NaN, but for padding. */
    private long cache(int blocks, boolean ofKeys) {
      int padded = setting.padded();
      int size = setting.blockSize;
      float[] all = new float[blocks * setting.kvHeads * size * padded];
      Arrays.fill(all, Float.NaN);
      for (int i = 0; i < spans.size(); i++) {
        Span span = spans.get(i);
        for (int token = 0; token < span.end(); token++) {
          for (int head = 0; head < setting.kvHeads; head++) {
            int block = span.table()[token / size] * setting.kvHeads + head;
            for (int d = 0; d < padded; d++) {
              int at =
                  ofKeys
                      ? (block * size + token % size) * padded + d
                      : (block * padded + d) * size + token % size;
              int from = (token * setting.kvHeads + head) * setting.headDim + d;
              all[at] = d >= setting.headDim ? 0 : ofKeys ? keys[i][from] : values[i][from];
            }
          }
        }
      }
      return bench.numbers(all);
    }

    void run(int splits) {
      int prompt = DecoderKernels.promptColumns(setting.type, setting.headDim);
      StepNumbers.Tiling tiling =
          new StepNumbers.Tiling(
              setting.heads / setting.kvHeads, setting.blockSize, DecoderKernels.EIGHT, prompt);
      StepNumbers step = StepNumbers.of(new StepInput(spans, new int[rows()], new int[0]), tiling);
      StepLayout layout = step.layout();
      long input = bench.ints(step.ints());
      int stride = DecoderKernels.padded(setting.heads * setting.headDim, DecoderKernels.CHUNK);
      long y = bench.device().allocate((long) rows() * stride * setting.type.bytes());
      attend("tokens", input, layout, layout.tiles(), layout.tokenTiles(), 8, splits, y, stride);
      attend(
          "prompts",
          input,
          layout,
          layout.promptTilesBegin(),
          layout.promptTiles(),
          prompt,
          splits,
          y,
          stride);
      assertFound(bench.readNumbers(y, rows() * stride), stride);
    }

    private void attend(
        String what,
        long input,
        StepLayout layout,
        int tiles,
        int count,
        int columns,
        int splits,
        long y,
        int stride) {
      long found =
          bench
              .device()
              .allocate(
                  (long) count * setting.kvHeads * splits * columns * (setting.padded() + 2) * 4);
      bench.launch(
          "attend_" + what,
          Grid.of(count, setting.kvHeads, splits, DecoderKernels.ATTENTION_THREADS),
          bench.padded(queries, setting.headDim, setting.padded()),
          cachedKeys,
          cachedValues,
          input + 4L * tiles,
          input + 4L * layout.tables(),
          slopes.length == 0 ? 0L : bench.floats(slopes),
          setting.heads,
          setting.kvHeads,
          setting.blockSize,
          setting.window,
          y,
          stride,
          found);
      if (splits > 1) {
        bench.launch(
            "combine_" + what,
            Grid.of(count, setting.kvHeads, 1, DecoderKernels.ATTENTION_THREADS),
            input + 4L * tiles,
            found,
            splits,
            setting.heads,
            setting.kvHeads,
            y,
            stride);
      }
    }

    private void assertFound(float[] found, int stride) {
      int row = 0;
      for (int i = 0; i < spans.size(); i++) {
        for (int token = 0; token < spans.get(i).count(); token++, row++) {
          for (int head = 0; head < setting.heads; head++) {
            double[] expected = expected(i, row, spans.get(i).from() + token, head);
            for (int d = 0; d < setting.headDim; d++) {
              assertThat((double) found[row * stride + head * setting.headDim + d])
                  .as("span %d, row %d, head %d", i, row, head)
                  .isCloseTo(expected[d], within(2 * bench.tolerance()));
            }
          }
        }
      }
    }

    private double[] expected(int span, int row, int position, int head) {
      int dim = setting.headDim;
      int kv = head / (setting.heads / setting.kvHeads);
      int first = setting.window > 0 ? Math.max(0, position - setting.window + 1) : 0;
      double[] scores = new double[position + 1];
      double best = Double.NEGATIVE_INFINITY;
      for (int token = first; token <= position; token++) {
        double score = slopes.length == 0 ? 0 : slopes[head] * (token - position);
        for (int d = 0; d < dim; d++) {
          score +=
              (double) queries[(row * setting.heads + head) * dim + d]
                  * keys[span][(token * setting.kvHeads + kv) * dim + d];
        }
        scores[token] = score;
        best = Math.max(best, score);
      }
      double[] output = new double[dim];
      double sum = 0;
      for (int token = first; token <= position; token++) {
        double weight = Math.exp(scores[token] - best);
        sum += weight;
        for (int d = 0; d < dim; d++) {
          output[d] += weight * values[span][(token * setting.kvHeads + kv) * dim + d];
        }
      }
      for (int d = 0; d < dim; d++) {
        output[d] /= sum;
      }
      return output;
    }
  }
}
