package io.millrace.bench.golden;

import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan.Slice;
import io.millrace.engine.schedule.TokenProposer;
import io.millrace.engine.speculation.Speculation;
import io.millrace.engine.speculation.Speculator;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** The proposer of a run of golden cases: no more tokens than a case's answer may still have. */
final class GoldenProposer implements TokenProposer {
  private final Speculation speculation;
  private final ToIntFunction<Sequence> wanted;
  private final Map<Sequence, Speculator> speculators = new HashMap<>();

  /**
   * @param wanted tokens of a sequence's answer
   */
  GoldenProposer(Speculation speculation, ToIntFunction<Sequence> wanted) {
    this.speculation = speculation;
    this.wanted = wanted;
  }

  @Override
  public List<Integer> propose(Sequence sequence, int most, int sequences) {
    int left = wanted.applyAsInt(sequence) - sequence.numOutputTokens() - 1;
    return left < 1 || sequences > speculation.disableByBatchSize()
        ? List.of()
        : speculator(sequence).propose(Math.min(most, left), sequences);
  }

  private Speculator speculator(Sequence sequence) {
    Speculator speculator =
        speculators.computeIfAbsent(
            sequence,
            it -> speculation.speculator(Arrays.copyOf(it.tokens(), it.numPromptTokens())));
    for (int i = speculator.numTokens(); i < sequence.numTokens(); i++) {
      speculator.add(sequence.token(i));
    }
    return speculator;
  }

  /** Takes the result of a slice that was computed, and returns how many tokens were right. */
  int settle(Slice slice) {
    int count = slice.proposed().size();
    if (count == 0) {
      return 0;
    }
    int accepted = slice.sequence().numTokens() - slice.from() - slice.numKnown() - 1;
    speculator(slice.sequence()).settle(count, accepted);
    return accepted;
  }
}
