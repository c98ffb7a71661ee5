package io.millrace.bench.golden;

import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan.Slice;
import io.millrace.engine.schedule.TokenProposer;
import io.millrace.engine.speculation.Candidate;
import io.millrace.engine.speculation.Drafter;
import java.util.List;
import java.util.function.ToIntFunction;

/** The proposer of a run of golden cases: no more tokens than a case's answer may still have. */
final class GoldenProposer implements TokenProposer {
  private final Drafter drafter;
  private final ToIntFunction<Sequence> wanted;

  /**
   * @param wanted tokens of a sequence's answer
   */
  GoldenProposer(Drafter drafter, ToIntFunction<Sequence> wanted) {
    this.drafter = drafter;
    this.wanted = wanted;
  }

  @Override
  public List<List<Integer>> propose(List<Sequence> sequences, int most, int sharing) {
    if (sharing > drafter.disableByBatchSize()) {
      return NONE.propose(sequences, most, sharing);
    }
    return drafter.propose(sequences.stream().map(it -> candidate(it, most)).toList(), sharing);
  }

  private Candidate candidate(Sequence sequence, int most) {
    int left = wanted.applyAsInt(sequence) - sequence.numOutputTokens() - 1;
    return Candidate.greedy(sequence, Math.min(most, left));
  }

  /** Takes the result of a slice that was computed, and returns how many tokens were right. */
  int settle(Slice slice) {
    int count = slice.proposed().size();
    if (count == 0) {
      return 0;
    }
    int accepted = slice.sequence().numTokens() - slice.from() - slice.numKnown() - 1;
    drafter.settle(slice.sequence(), count, accepted);
    return accepted;
  }

  /** Forgets a case that is over. */
  void forget(Sequence sequence) {
    drafter.forget(sequence);
  }
}
