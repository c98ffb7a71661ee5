package io.millrace.engine;

import io.millrace.engine.model.ComputedStep;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import io.millrace.engine.schedule.TokenProposer;
import java.util.ArrayList;
import java.util.Collections;
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

  /** The plan of the next step, without proposed tokens. */
  public StepPlan plan() {
    return scheduler.schedule();
  }

  /** The plan of the next step. */
  public StepPlan plan(TokenProposer proposer) {
    return scheduler.schedule(proposer);
  }

  /**
   * Computes a step and samples what follows the known tokens. Proposed tokens are checked by its
   * {@link SampledStep#further}.
   *
   * @param sampling rows that are drawn from the logits of the plan's wanted rows
   */
  SampledStep sample(StepPlan plan, SamplingBatch sampling) {
    ComputedStep step = model.compute(plan);
    try {
      StepResult first = step.sample(sampling);
      scheduler.completed(plan);
      return new SampledStep(step, first);
    } catch (RuntimeException | Error e) {
      step.close();
      throw e;
    }
  }

  /**
   * A step that was sampled from, and can be further until it is closed.
   *
   * @param first what follows the known tokens
   */
  record SampledStep(ComputedStep step, StepResult first) implements AutoCloseable {
    /** Samples from further rows. */
    StepResult further(SamplingBatch sampling) {
      return step.sample(sampling);
    }

    @Override
    public void close() {
      step.close();
    }
  }

  /**
   * Computes a step and samples; tokens are the caller's to append.
   *
   * @param sampling rows that are drawn from the logits of the plan's wanted rows, in that order
   */
  public StepResult compute(StepPlan plan, SamplingBatch sampling) {
    return completed(plan, it -> model.step(it, sampling));
  }

  /**
   * Computes a step, takes the likeliest tokens, and appends them to their sequences: one to each,
   * and what follows as long as it was proposed.
   */
  public StepResult computeGreedily(StepPlan plan) {
    StepResult result = compute(plan, greedy(plan));
    int row = 0;
    for (Slice slice : plan.slices()) {
      if (slice.reachesEnd()) {
        append(slice, result.tokens(), row);
      }
      row += slice.numWanted();
    }
    return result;
  }

  private void append(Slice slice, int[] tokens, int first) {
    Sequence sequence = slice.sequence();
    int row = first;
    sequence.append(tokens[row]);
    for (int proposed : slice.proposed()) {
      if (tokens[row] != proposed) {
        return;
      }
      scheduler.accepted(sequence);
      sequence.append(tokens[++row]);
    }
  }

  /** The sampling of a step in which every wanted row gives its likeliest token. */
  public static SamplingBatch greedy(StepPlan plan) {
    List<SamplingRow> rows = new ArrayList<>();
    for (Slice slice : plan.slices()) {
      rows.addAll(Collections.nCopies(slice.numWanted(), greedyRow(slice.sequence())));
    }
    return SamplingBatch.of(rows);
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
