package io.millrace.engine.decoder;

import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The prompt tokens whose log-probabilities a step gives: those that follow its rows, in sequences
 * that want them.
 *
 * @param first place of their logits among those that are wanted: behind all that are sampled from
 * @param rows of the step, whose logits are wanted
 * @param runs the tokens that follow them, by sequence
 */
public record PromptTargets(int first, List<Integer> rows, List<Run> runs) {
  /** No targets. */
  static final PromptTargets NONE = new PromptTargets(0, List.of(), List.of());

  /**
   * Consecutive tokens of one prompt.
   *
   * @param from position of the first of them
   */
  public record Run(Sequence sequence, int from, int count) {}

  /** The targets of a planned step. */
  public static PromptTargets of(StepPlan plan) {
    if (plan.slices().stream().noneMatch(slice -> slice.sequence().wantsPromptLogprobs())) {
      return NONE;
    }
    List<Integer> rows = new ArrayList<>();
    List<Run> runs = new ArrayList<>();
    int row = 0;
    for (Slice slice : plan.slices()) {
      int count = Math.min(slice.end(), slice.sequence().numPromptTokens() - 1) - slice.from();
      if (slice.sequence().wantsPromptLogprobs() && count > 0) {
        IntStream.range(row, row + count).forEach(rows::add);
        runs.add(new Run(slice.sequence(), slice.from() + 1, count));
      }
      row += slice.count();
    }
    return new PromptTargets(plan.numWanted(), rows, runs);
  }

  /** Whether there are no targets. */
  public boolean isEmpty() {
    return runs.isEmpty();
  }

  /** The tokens, one for each row. */
  public long[] tokens() {
    return runs.stream()
        .flatMapToInt(
            run -> IntStream.range(run.from, run.from + run.count).map(run.sequence::token))
        .asLongStream()
        .toArray();
  }
}
