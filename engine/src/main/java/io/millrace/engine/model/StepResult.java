package io.millrace.engine.model;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.engine.schedule.Sequence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a step sampled, and their scores.
 *
 * @param tokens one for each row that was sampled
 * @param scores of those rows, null where not asked for; empty if nobody asked
 * @param prompts what the step tells of prompts
 * @param computeNanos nanoseconds that decoder and sampling took, without what lays a step out
 */
public record StepResult(
    int[] tokens,
    List<@Nullable TokenScores> scores,
    List<PromptScores> prompts,
    long computeNanos) {

  /** Of a step in which nothing was sampled. */
  public static final StepResult NOTHING = new StepResult(new int[0]);

  /**
   * Scores of consecutive tokens of a prompt.
   *
   * @param from position of the first one
   */
  public record PromptScores(Sequence sequence, int from, List<TokenScores> scores) {}

  /** Tokens without scores. */
  public StepResult(int[] tokens) {
    this(tokens, List.of(), List.of(), 0);
  }

  /** Tokens with scores. */
  public StepResult(int[] tokens, List<@Nullable TokenScores> scores) {
    this(tokens, scores, List.of(), 0);
  }

  /** The same with what the step tells of prompts. */
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
