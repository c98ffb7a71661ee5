package io.millrace.engine.model;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.engine.schedule.Sequence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step gave.
 *
 * @param tokens one for each row that was sampled
 * @param scores of those rows, null where not asked for; empty if nobody asked
 * @param prompts what the step tells of prompts
 */
public record StepResult(
    int[] tokens, List<@Nullable TokenScores> scores, List<PromptScores> prompts) {

  static final StepResult NOTHING = new StepResult(new int[0]);

  /**
   * Scores of consecutive tokens of a prompt.
   *
   * @param from position of the first one
   */
  public record PromptScores(Sequence sequence, int from, List<TokenScores> scores) {}

  /** Tokens without scores. */
  public StepResult(int[] tokens) {
    this(tokens, List.of(), List.of());
  }

  StepResult with(List<PromptScores> promptScores) {
    return new StepResult(tokens, scores, promptScores);
  }

  /** The scores of a row, or null. */
  public @Nullable TokenScores scoresOf(int row) {
    return scores.isEmpty() ? null : scores.get(row);
  }
}
