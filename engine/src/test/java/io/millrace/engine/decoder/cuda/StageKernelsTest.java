package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.NumberType;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens between the multiplications of many rows, against plain Java. */
final class StageKernelsTest {
  private static KernelBench bench;

  private final Random random = new Random(8);

  @BeforeAll
  static void open() {
    bench = new KernelBench(NumberType.BFLOAT16, 16);
  }

  @AfterAll
  static void close() {
    // There is none where the tests were skipped.
    if (bench != null) {
      bench.close();
    }
  }

  @Test
  void embed_givesTheRowsOfTheTokens() {
    float[] table = bench.random(random, 7 * 40);
    long x = bench.device().allocate(3 * 40 * Float.BYTES);
    bench.launch("embed", Grid.of(3, 64), bench.numbers(table), bench.ints(6, 0, 6), x, 40);
    float[] found = bench.readFloats(x, 120);
    for (int i = 0; i < 120; i++) {
      assertThat(found[i]).isEqualTo(table[(i / 40 == 1 ? 0 : 6) * 40 + i % 40]);
    }
  }

  @Test
  void normalize_leavesPaddingAsItIs() {
    float[] x = bench.random(random, 4 * 40);
    float[] factors = bench.random(random, 40);
    long y = bench.device().allocate(2 * 64 * Short.BYTES);
    bench.launch(
        "normalize",
        Grid.of(2, 96),
        bench.floats(x),
        bench.ints(3, 1),
        40,
        bench.floats(factors),
        0.3f,
        y,
        64);
    float[] found = bench.readNumbers(y, 128);
    for (int i = 0; i < 128; i++) {
      double[] row = LinearKernelsTest.row(x, i < 64 ? 3 : 1, 40);
      double expected = i % 64 < 40 ? LinearKernelsTest.normalized(row, factors)[i % 64] : 0;
      assertThat((double) found[i]).isCloseTo(expected, within(0.01));
    }
  }

  @Test
  void placeHeads_normalizesQueriesAndKeys() {
    int rows = 3;
    int stride = 112;
    float[] qkv = bench.random(random, rows * stride);
    float[] bias = bench.random(random, 6 * 16);
    float[] norms = bench.random(random, 5 * 16);
    PlacedHeads placed = new PlacedHeads(bench, NumberType.BFLOAT16, 4, 1, 16, rows, random);
    bench.launch(
        "place_heads",
        Grid.of(rows, 64),
        bench.floats(qkv),
        stride,
        bench.floats(bias),
        bench.floats(norms),
        0.3f,
        placed.queries(),
        placed.keys(),
        placed.values(),
        placed.turns(),
        placed.positions(),
        placed.slots(),
        4,
        1,
        PlacedHeads.BLOCK_SIZE);
    double[][] expected = new double[rows][6 * 16];
    for (int row = 0; row < rows; row++) {
      for (int head = 0; head < 6; head++) {
        double[] biased = new double[16];
        float[] factors = new float[16];
        for (int d = 0; d < 16; d++) {
          int at = head * 16 + d;
          biased[d] = qkv[row * stride + at] + bias[at];
          factors[d] = head < 5 ? norms[at] : 1;
        }
        double[] normalized = head < 5 ? LinearKernelsTest.normalized(biased, factors) : biased;
        System.arraycopy(normalized, 0, expected[row], head * 16, 16);
      }
    }
    placed.assertHolds(expected, 0.02);
  }

  @Test
  void gate_readsEightGatesBeforeWhatTheyGate() {
    float[] both = bench.random(random, 2 * 48);
    float[] bias = bench.random(random, 48);
    long y = bench.device().allocate(2 * 32 * Short.BYTES);
    bench.launch("gate", Grid.of(2, 32), bench.floats(both), bench.floats(bias), 24, y, 32);
    float[] found = bench.readNumbers(y, 64);
    for (int i = 0; i < 64; i++) {
      int at = i % 32 / 8 * 16 + i % 8;
      int from = i / 32 * 48 + at;
      double expected =
          i % 32 < 24
              ? LinearKernelsTest.silu(both[from] + bias[at]) * (both[from + 8] + bias[at + 8])
              : 0;
      assertThat((double) found[i]).isCloseTo(expected, within(0.05));
    }
  }

  @Test
  void argmax_takesTheLowestOfEquals() {
    float[] logits = new float[4 * 2000];
    logits[5] = 3;
    logits[1999] = 3;
    Arrays.fill(logits, 2000, 4000, Float.NEGATIVE_INFINITY);
    Arrays.fill(logits, 4000, 6000, -5);
    logits[4000 + 1234] = -4;
    logits[6000 + 1990] = 1;
    // Behind the vocabulary.
    logits[6000 + 1995] = 9;
    long tokens = bench.ints(7, 7, 7, 7);
    bench.launch("argmax", Grid.of(4, 1024), bench.floats(logits), 2000, 2000, tokens);
    assertThat(bench.readInts(tokens, 4)).containsExactly(5, 0, 1234, 1995);
    bench.launch("argmax", Grid.of(4, 1024), bench.floats(logits), 2000, 1992, tokens);
    assertThat(bench.readInts(tokens, 4)).containsExactly(5, 0, 1234, 1990);
  }

  @Test
  void draw_takesTheFirstTokenThatReachesItsShare() {
    int vocab = 1500;
    float[] logits = bench.random(random, 2 * 1504);
    // Behind the vocabulary.
    logits[vocab] = 100;
    int[] rows = new int[40];
    float[] temperatures = new float[rows.length];
    double[] shares = new double[rows.length];
    int[] expected = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i % 2;
      temperatures[i] = i == 7 ? Float.MIN_NORMAL : 0.3f + random.nextFloat();
      shares[i] = i == 0 ? 0 : i == 1 ? Math.nextDown(1.0) : random.nextDouble();
      expected[i] = drawn(logits, rows[i] * 1504, vocab, temperatures[i], shares[i]);
    }
    long tokens = bench.ints(rows);
    bench.launch(
        "draw",
        Grid.of(rows.length, 1024),
        bench.floats(logits),
        1504,
        vocab,
        bench.ints(rows),
        bench.floats(temperatures),
        bench.doubles(shares),
        tokens);
    assertThat(bench.readInts(tokens, rows.length)).isEqualTo(expected);
  }

  private static int drawn(float[] logits, int at, int vocab, float temperature, double share) {
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocab; i++) {
      best = Math.max(best, logits[at + i]);
    }
    double[] sums = new double[vocab];
    double sum = 0;
    for (int i = 0; i < vocab; i++) {
      sum += Math.exp((logits[at + i] - best) / temperature);
      sums[i] = sum;
    }
    int token = 0;
    while (token < vocab - 1 && sums[token] <= share * sum) {
      token++;
    }
    return token;
  }

  @Test
  void addBias_addsItToEachRow() {
    long x = bench.floats(1, 2, 3, 4, 5, 6);
    bench.launch("add_bias", Grid.of(2, 32), x, bench.floats(10, 20, 30), 3);
    assertThat(bench.readFloats(x, 6)).containsExactly(11, 22, 33, 14, 25, 36);
  }
}
