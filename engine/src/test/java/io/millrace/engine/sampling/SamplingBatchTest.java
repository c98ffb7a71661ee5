package io.millrace.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.TokenRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SamplingBatchTest {
  private static final Sampling GREEDY = sampling(0.0, null, null, 1);
  private static final Sampling PLAIN = sampling(0.5, null, null, 2);
  private static final Sampling TOP_K = sampling(0.7, 40, null, 3);
  private static final Sampling TOP_P = sampling(0.7, null, 0.9, 4);

  @Test
  void of_groupsRowsByWhatIsDoneToThem() {
    SamplingBatch batch =
        SamplingBatch.of(List.of(row(TOP_K, 3), row(GREEDY, 3), row(PLAIN, 3), row(TOP_P, 9)));

    assertThat(batch.numRows()).isEqualTo(4);
    assertThat(batch.plain().rows()).containsExactly(2);
    assertThat(batch.filtered().rows()).containsExactly(0, 3);
    assertThat(batch.filtered().topK()).containsExactly(40, 0);
    assertThat(batch.filtered().draws())
        .containsExactly(CounterBasedRandom.uniform(3, 3), CounterBasedRandom.uniform(4, 9));
    assertThat(batch.edits().isEmpty()).isTrue();
  }

  @Test
  void of_listsEveryPenalizedTokenOnce() {
    SamplingParams params =
        SamplingParams.NONE
            .withTemperature(0.0)
            .withRepetitionPenalty(1.5)
            .withPresencePenalty(0.25)
            .withFrequencyPenalty(0.5)
            .withSeed(1L);
    Sampling sampling = Sampling.of(params, 0);
    TokenCounts counts = new TokenCounts(new int[] {5, 6, 5});
    counts.add(6);
    counts.add(9);
    counts.add(9);

    SamplingBatch batch =
        SamplingBatch.of(List.of(row(GREEDY, 0), new SamplingRow(sampling, 6, counts, Set.of(2))));

    assertThat(batch.edits().penalties().rows()).containsExactly(1, 1, 1);
    assertThat(batch.edits().penalties().tokens()).containsExactly(5, 6, 9);
    assertThat(batch.edits().penalties().counts()).containsExactly(0, 1, 2);
    assertThat(batch.edits().penalties().repetition()).containsOnly(1.5f);
    assertThat(batch.edits().forbidden().rows()).containsExactly(1);
    assertThat(batch.edits().forbidden().tokens()).containsExactly(2);
  }

  @Test
  void candidates_areAlwaysMoreThanARowMayKeep() {
    assertThat(candidates(TOP_K)).isEqualTo(41);
    assertThat(candidates(TOP_P)).isEqualTo(256);
    assertThat(candidates(TOP_K, TOP_P)).isEqualTo(256);
    assertThat(candidates(TOP_P, sampling(0.7, 256, null, 5))).isEqualTo(257);
  }

  @Test
  void of_laysOutWhatIsSaidOfSingleTokens() {
    TokenRules rules = new TokenRules(0, List.of(), Map.of(7, -2.5));
    Sampling biased =
        Sampling.of(SamplingParams.NONE.withTemperature(0.0).withSeed(1L).withRules(rules), 0);
    SamplingRow forced =
        new SamplingRow(GREEDY, 0, null, Set.of(), List.of(3, 4), List.of(8), null, true, 2);

    SamplingBatch batch =
        SamplingBatch.of(List.of(row(GREEDY, 0), row(biased, 0), forced), new long[] {0, 0, 1});

    assertThat(batch.edits().biases().rows()).containsExactly(1);
    assertThat(batch.edits().biases().tokens()).containsExactly(7);
    assertThat(batch.edits().biases().values()).containsExactly(-2.5f);
    assertThat(batch.edits().forced().rows()).containsExactly(2, 2);
    assertThat(batch.edits().forced().tokens()).containsExactly(3, 4);
    assertThat(batch.edits().allowed().rows()).containsExactly(2);
    assertThat(batch.edits().allowed().tokens()).containsExactly(8);
    assertThat(batch.scored().rows()).containsExactly(2);
    assertThat(batch.scored().sources()).containsExactly(1);
    assertThat(batch.scored().alternatives()).isEqualTo(2);
  }

  @Test
  void resolve_prefersTheRequestOverTheModel() {
    SamplingParams model =
        SamplingParams.NONE
            .withTemperature(0.6)
            .withTopP(0.9)
            .withTopK(20)
            .withRepetitionPenalty(1.1);
    Sampling resolved = Sampling.of(SamplingParams.NONE.withTopP(1.0).withTopK(-1), model, 77);

    assertThat(resolved.params())
        .isEqualTo(
            SamplingParams.NEUTRAL
                .withTemperature(0.6)
                .withTopK(-1)
                .withRepetitionPenalty(1.1)
                .withSeed(77L));
    assertThat(SamplingBatch.of(List.of(row(resolved, 0))).plain().topK()).containsExactly(0);
  }

  private static Sampling sampling(double temperature, Integer topK, Double topP, long seed) {
    return Sampling.of(
        SamplingParams.NONE
            .withTemperature(temperature)
            .withTopP(topP)
            .withTopK(topK)
            .withSeed(seed),
        0);
  }

  private static long candidates(Sampling... samplings) {
    List<SamplingRow> rows = Stream.of(samplings).map(sampling -> row(sampling, 0)).toList();
    return SamplingBatch.of(rows).filtered().candidates();
  }

  private static SamplingRow row(Sampling sampling, int position) {
    return new SamplingRow(sampling, position, null, Set.of());
  }
}
