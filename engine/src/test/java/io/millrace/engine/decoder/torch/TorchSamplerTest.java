package io.millrace.engine.decoder.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.decoder.PromptTargets;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sampling of the program against {@link ReferenceSampler}. */
final class TorchSamplerTest {
  private static final int VOCAB = 500;
  private static final int ROWS = 400;
  private static final int DRAWS = 10_000;

  private static CpuTorch torch;

  @BeforeAll
  static void load() {
    torch = CpuTorch.load();
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  @Test
  void sample_agreesWithTheReferenceOnEveryRowOfAMixedBatch() {
    List<RandomRow> rows = rows(new Random(11), ROWS);

    StepResult together = sample(rows);

    for (int i = 0; i < ROWS; i++) {
      RandomRow row = rows.get(i);
      assertThat(together.tokens()[i]).as("row %d, %s", i, row).isEqualTo(row.expected());
      StepResult alone = sample(List.of(row));
      assertThat(alone.tokens()).as("row %d alone", i).containsExactly(row.expected());
      assertThat(alone.scoresOf(0) == null).isEqualTo(!row.scored());
    }
  }

  @Test
  void sample_drawsSeveralRowsFromTheSameLogits() {
    Random random = new Random(12);
    List<RandomRow> rows = new ArrayList<>();
    List<float[]> logits = new ArrayList<>();
    long[] sources = new long[60];
    for (int i = 0; i < sources.length; i++) {
      if (i % 4 == 0) {
        logits.add(RandomRow.logits(random, VOCAB));
      }
      rows.add(RandomRow.of(random, logits.get(logits.size() - 1)));
      sources[i] = logits.size() - 1;
    }

    StepResult result = sample(logits, SamplingBatch.of(samplingRows(rows), sources));

    for (int i = 0; i < rows.size(); i++) {
      assertThat(result.tokens()[i]).as("row %d", i).isEqualTo(rows.get(i).expected());
    }
  }

  @Test
  void scores_areThoseOfTheLogitsBeforeAnyEdit() {
    List<RandomRow> rows = rows(new Random(13), ROWS);

    StepResult result = sample(rows);

    for (int i = 0; i < ROWS; i++) {
      TokenScores scores = result.scoresOf(i);
      assertThat(scores != null).isEqualTo(rows.get(i).scored());
      if (scores != null) {
        double[] logprobs = ReferenceSampler.logprobs(rows.get(i).logits());
        int token = result.tokens()[i];
        assertThat(scores.token()).isEqualTo(token);
        assertThat(scores.logprob()).isCloseTo(logprobs[token], within(1e-4));
        assertThat(scores.rank())
            .isEqualTo(1 + (int) Arrays.stream(logprobs).filter(p -> p > logprobs[token]).count());
        assertThat(scores.topTokens().length).isGreaterThanOrEqualTo(rows.get(i).alternatives());
        for (int j = 0; j < scores.topTokens().length; j++) {
          double top = logprobs[scores.topTokens()[j]];
          assertThat(scores.topLogprobs()[j]).isCloseTo(top, within(1e-4));
          assertThat(Arrays.stream(logprobs).filter(p -> p > top).count()).isEqualTo(j);
        }
      }
    }
  }

  /** Draws that fill the unit interval evenly hit each token as often as it is likely. */
  @Test
  void draws_followTheDistribution() {
    for (SamplingParams params :
        List.of(
            SamplingParams.NONE.withTemperature(1.0).withSeed(0L),
            SamplingParams.NONE.withTemperature(0.7).withTopK(40).withSeed(0L),
            SamplingParams.NONE.withTemperature(1.3).withTopP(0.9).withSeed(0L),
            SamplingParams.NONE.withTemperature(1.0).withMinP(0.05).withSeed(0L),
            SamplingParams.NONE
                .withTemperature(0.9)
                .withTopP(0.8)
                .withTopK(60)
                .withMinP(0.02)
                .withSeed(0L))) {
      Sampling sampling = Sampling.of(params, 0);
      float[] logits = RandomRow.logits(new Random(14), VOCAB);
      SamplingRow row = new SamplingRow(sampling, 0, null, Set.of());
      SamplingBatch batch =
          SamplingBatch.of(IntStream.range(0, DRAWS).mapToObj(i -> row).toList(), new long[DRAWS]);
      double[] draws =
          batch.plain().draws().length > 0 ? batch.plain().draws() : batch.filtered().draws();
      Arrays.setAll(draws, i -> (i + 0.5) / DRAWS);

      int[] counts = new int[VOCAB];
      Arrays.stream(sample(List.of(logits), batch).tokens()).forEach(token -> counts[token]++);

      double[] expected = ReferenceSampler.distribution(logits, sampling);
      for (int token = 0; token < VOCAB; token++) {
        assertThat((double) counts[token])
            .as("token %d, %s", token, params)
            .isCloseTo(expected[token] * DRAWS, within(1.001));
      }
    }
  }

  /** All tokens alike: nothing but ties, and nuclei that end within a token. */
  @Test
  void ties_areTakenInTheOrderOfTokensHoweverManyAreLookedAt() {
    int vocab = 5_000;
    float[] flat = new float[vocab];
    for (int topK : new int[] {0, 3, 300, 4_990}) {
      for (double topP : new double[] {0.0101, 0.5001, 0.9991}) {
        SamplingParams params =
            SamplingParams.NONE.withTemperature(1.0).withTopP(topP).withTopK(topK).withSeed(77L);
        Sampling sampling = Sampling.of(params, 0);
        SamplingRow row = new SamplingRow(sampling, 5, null, Set.of());
        assertThat(sample(List.of(flat), SamplingBatch.of(List.of(row))).tokens())
            .as("top_k %d, top_p %s", topK, topP)
            .containsExactly(
                ReferenceSampler.sample(flat, sampling, Map.of(), Set.of(), List.of(), 5));
      }
    }
  }

  /** Every power of two that float32 has below 1, some numbers that only doubles have, and 0. */
  @Test
  void smallTemperatures_areNoWorseThanGreedyWithEveryFilterInOneBatch() {
    Random random = new Random(15);
    List<SamplingParams> filters = filters();
    List<RandomRow> rows = new ArrayList<>();
    for (int exponent = 0; exponent >= -149; exponent--) {
      for (SamplingParams filter : filters) {
        rows.add(randomRow(random, filter.withTemperature(Math.scalb(1.0, exponent))));
      }
    }
    for (double temperature : new double[] {1e-46, 1e-300, Double.MIN_VALUE, 0}) {
      filters.forEach(f -> rows.add(randomRow(random, f.withTemperature(temperature))));
    }

    StepResult result = sample(rows);

    for (int i = 0; i < rows.size(); i++) {
      RandomRow row = rows.get(i);
      assertThat(result.tokens()[i]).as("%s", row.sampling()).isEqualTo(row.expected());
      if (row.sampling().get(SamplingParams::temperature) < 1e-9) {
        assertThat(result.tokens()[i]).as("%s", row.sampling()).isEqualTo(likeliest(row.logits()));
      }
    }
  }

  /** Greedy takes the first of them; a temperature, however small, draws. */
  @Test
  void smallTemperatures_drawAmongTokensThatAreEquallyLikely() {
    float[] logits = RandomRow.logits(new Random(16), VOCAB);
    for (int token : new int[] {7, 70, 400}) {
      logits[token] = 30;
    }
    for (double temperature : new double[] {1e-30, Float.MIN_NORMAL, Float.MIN_VALUE, 1e-320}) {
      for (SamplingParams filter : filters()) {
        if (filter.topP() != null && filter.topP() < 0.5) {
          continue; // The first of them is a nucleus by itself.
        }
        Sampling sampling = Sampling.of(filter.withTemperature(temperature), 0);
        List<SamplingRow> rows =
            IntStream.range(0, 300)
                .mapToObj(i -> new SamplingRow(sampling, i, null, Set.of()))
                .toList();
        int[] tokens = sample(List.of(logits), SamplingBatch.of(rows, new long[300])).tokens();
        assertThat(Arrays.stream(tokens).distinct().sorted())
            .as("%s", sampling)
            .containsExactly(7, 70, 400);
      }
    }
  }

  /** None, each filter alone, and all of them. */
  private static List<SamplingParams> filters() {
    SamplingParams none = SamplingParams.NONE.withSeed(5L);
    return List.of(
        none,
        none.withTopK(50),
        none.withTopP(0.9),
        none.withTopP(1e-40),
        none.withMinP(1e-42),
        none.withMinP(1.0),
        none.withTopK(300).withTopP(0.99).withMinP(0.01));
  }

  private static RandomRow randomRow(Random random, SamplingParams params) {
    return new RandomRow(
        RandomRow.logits(random, VOCAB),
        Sampling.of(params, 0),
        new int[0],
        new int[0],
        random.nextInt(1000),
        Set.of(),
        List.of(),
        null,
        false,
        0);
  }

  private static int likeliest(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((best, i) -> logits[i] > logits[best] ? i : best)
        .orElseThrow();
  }

  @Test
  void sample_neverTakesAForbiddenToken() {
    float[] logits = new float[VOCAB];
    logits[3] = 9;
    logits[5] = 8;
    Sampling greedy = Sampling.GREEDY;
    SamplingRow row = new SamplingRow(greedy, 1, null, Set.of(3));
    assertThat(sample(List.of(logits), SamplingBatch.of(List.of(row))).tokens()).containsExactly(5);
  }

  @Test
  void sample_takesTheLikeliestOfTheAllowedTokens() {
    float[] logits = new float[VOCAB];
    logits[3] = 9;
    logits[5] = 8;
    logits[7] = -1;
    logits[8] = -2;
    SamplingRow few =
        new SamplingRow(
            Sampling.GREEDY, 1, null, Set.of(5), List.of(), List.of(5, 7, 8), null, false, 0);
    SamplingRow all = new SamplingRow(Sampling.GREEDY, 1, null, Set.of());
    assertThat(sample(List.of(logits, logits), SamplingBatch.of(List.of(few, all))).tokens())
        .containsExactly(7, 3);
  }

  /** Masks are for some rows of a batch, or for all of them, which are other ways through it. */
  @Test
  void sample_takesTheLikeliestTokenOfAMask() {
    float[] logits = new float[VOCAB];
    logits[3] = 9;
    logits[70] = 8;
    logits[VOCAB - 1] = 7;
    SamplingRow free = new SamplingRow(Sampling.GREEDY, 1, null, Set.of());
    SamplingRow middle = masked(70, VOCAB - 1);
    SamplingRow last = masked(VOCAB - 1);
    assertThat(
            sample(
                    List.of(logits, logits, logits, logits),
                    SamplingBatch.of(List.of(middle, free, last, free)))
                .tokens())
        .containsExactly(70, 3, VOCAB - 1, 3);
    assertThat(sample(List.of(logits, logits), SamplingBatch.of(List.of(last, middle))).tokens())
        .containsExactly(VOCAB - 1, 70);
  }

  private static SamplingRow masked(int... tokens) {
    long[] words = new long[(VOCAB + 63) / 64];
    Arrays.stream(tokens).forEach(token -> words[token / 64] |= 1L << token);
    return new SamplingRow(
        Sampling.GREEDY, 1, null, Set.of(), List.of(), List.of(), () -> words, false, 0);
  }

  private static List<RandomRow> rows(Random random, int count) {
    List<RandomRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(RandomRow.of(random, RandomRow.logits(random, VOCAB)));
    }
    return rows;
  }

  private static List<SamplingRow> samplingRows(List<RandomRow> rows) {
    return rows.stream().map(RandomRow::toSamplingRow).toList();
  }

  private static StepResult sample(List<RandomRow> rows) {
    return sample(
        rows.stream().map(RandomRow::logits).toList(), SamplingBatch.of(samplingRows(rows)));
  }

  private static StepResult sample(List<float[]> logits, SamplingBatch batch) {
    int vocab = logits.get(0).length;
    float[] all = new float[logits.size() * vocab];
    for (int i = 0; i < logits.size(); i++) {
      System.arraycopy(logits.get(i), 0, all, i * vocab, vocab);
    }
    return new TorchSampler(torch.program(), torch.manager(), torch.threads())
        .sample(all, logits.size(), batch, new PromptTargets(0, List.of(), List.of()));
  }
}
