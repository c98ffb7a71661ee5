package io.millrace.engine;

import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The loop that drives a model: plan a step, compute it, complete it, append its tokens. Belongs to
 * one thread.
 */
public final class Stepper {
  private final LanguageModel model;
  private final Scheduler scheduler;

  public Stepper(LanguageModel model, Scheduler scheduler) {
    this.model = model;
    this.scheduler = scheduler;
  }

  /** Whether there are sequences to compute. */
  public boolean hasWork() {
    return scheduler.hasWork();
  }

  /** The plan of the next step. */
  public StepPlan plan() {
    return scheduler.schedule();
  }

  /**
   * Computes a step and samples; tokens are the caller's to append.
   *
   * @param sampling rows that are drawn from the logits of {@link StepPlan#sampled}, in that order
   */
  public StepResult compute(StepPlan plan, SamplingBatch sampling) {
    return completed(plan, it -> model.step(it, sampling));
  }

  /** Computes a step, takes the likeliest tokens, and appends each to its sequence. */
  public StepResult computeGreedily(StepPlan plan) {
    List<Sequence> sampled = plan.sampled();
    StepResult result = compute(plan, greedy(plan));
    for (int i = 0; i < sampled.size(); i++) {
      sampled.get(i).append(result.tokens()[i]);
    }
    return result;
  }

  /** The sampling of a step in which every sequence takes its likeliest token. */
  public static SamplingBatch greedy(StepPlan plan) {
    return SamplingBatch.of(plan.sampled().stream().map(Stepper::greedyRow).toList());
  }

  /** Computes a step, and returns the raw scores of all tokens for each sampled sequence. */
  public float[][] logits(StepPlan plan) {
    return completed(plan, model::logits);
  }

  /** Computes a step, and returns the raw scores of what follows each of its tokens. */
  public float[][] logitsOfAllTokens(StepPlan plan) {
    return completed(plan, model::logitsOfAllTokens);
  }

  private <T> T completed(StepPlan plan, Function<StepPlan, T> step) {
    T result = step.apply(plan);
    scheduler.completed(plan);
    return result;
  }

  private static SamplingRow greedyRow(Sequence sequence) {
    return new SamplingRow(Sampling.GREEDY, sequence.numTokens(), null, Set.of());
  }
}
