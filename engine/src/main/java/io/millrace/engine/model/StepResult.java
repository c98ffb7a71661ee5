package io.millrace.engine.model;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.engine.schedule.Sequence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a step sampled, and their scores.
 *
 * @param tokens one for each row that was sampled
 * @param scores of those rows, null where not asked for; empty if none were asked for
 * @param prompts scores of prompts' tokens
 * @param computeNanos nanoseconds that decoder and sampling took, without preparing the step's
 *     input
 */
public record StepResult(
    int[] tokens,
    List<@Nullable TokenScores> scores,
    List<PromptScores> prompts,
    long computeNanos) {

  /** The result of a step in which nothing was sampled. */
  public static final StepResult NOTHING = new StepResult(new int[0]);

  /**
   * Scores of consecutive tokens of a prompt.
   *
   * @param from position of the first one
   */
  public record PromptScores(Sequence sequence, int from, List<TokenScores> scores) {}

  /** A result of tokens without scores. */
  public StepResult(int[] tokens) {
    this(tokens, List.of(), List.of(), 0);
  }

  /** A result of tokens with scores. */
  public StepResult(int[] tokens, List<@Nullable TokenScores> scores) {
    this(tokens, scores, List.of(), 0);
  }

  /** The same with scores of prompts' tokens. */
  public StepResult withPrompts(List<PromptScores> promptScores) {
    return new StepResult(tokens, scores, promptScores, computeNanos);
  }

  /** The same with the time that computing it took. */
  public StepResult withComputeNanos(long nanos) {
    return new StepResult(tokens, scores, prompts, nanos);
  }

  /** The scores of a row, or null. */
  public @Nullable TokenScores scoresOf(int row) {
    return scores.isEmpty() ? null : scores.get(row);
  }
}
