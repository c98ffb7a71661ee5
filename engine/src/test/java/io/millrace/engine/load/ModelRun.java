package io.millrace.engine.load;

import io.millrace.engine.Stepper;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Sequences that a model answers step by step, each with a number of tokens of its own. */
final class ModelRun {
  private final Stepper stepper;
  private final Scheduler scheduler;
  private final Sampling sampling;
  private final List<Sequence> sequences = new ArrayList<>();
  private final Set<Integer> rows = new TreeSet<>();

  /**
   * @param sampling of all, with a seed that follows from the arrival
   */
  ModelRun(LanguageModel model, Scheduler scheduler, Sampling sampling) {
    this.stepper = new Stepper(model, scheduler);
    this.scheduler = scheduler;
    this.sampling = sampling;
  }

  /** Tokens that the so many-th sequence is answered. */
  static int output(long arrival) {
    return 41 + (int) (arrival % 3);
  }

  /** What a prompt is answered without others. */
  static int[] alone(
      LanguageModel model, Scheduler scheduler, Sampling sampling, int arrival, int[] prompt) {
    ModelRun run = new ModelRun(model, scheduler, sampling);
    run.add(arrival, prompt);
    run.toEnd();
    return run.answers().get(0);
  }

  Sequence add(long arrival, int[] prompt) {
    Sequence sequence = new Sequence("s" + arrival, 0, arrival, prompt);
    sequences.add(sequence);
    scheduler.add(sequence);
    return sequence;
  }

  void addAll(List<int[]> prompts) {
    for (int i = 0; i < prompts.size(); i++) {
      add(i, prompts.get(i));
    }
  }

  boolean hasWork() {
    return scheduler.hasWork();
  }

  void toEnd() {
    while (scheduler.hasWork()) {
      step();
    }
  }

  /** Computes a step and returns what was planned, whose sampled sequences have their tokens. */
  StepPlan step() {
    StepPlan plan = scheduler.schedule();
    if (plan.numTokens() == plan.slices().size()) {
      rows.add(plan.numTokens());
    }
    int[] tokens = compute(plan);
    for (int i = 0; i < tokens.length; i++) {
      append(plan.sampled().get(i), tokens[i]);
    }
    return plan;
  }

  /** Computes a step and leaves what it gave to the caller. */
  int[] compute(StepPlan plan) {
    List<SamplingRow> wanted =
        plan.sampled().stream()
            .map(
                it ->
                    new SamplingRow(
                        sampling.forAnswer((int) it.arrival()), it.numTokens(), null, Set.of()))
            .toList();
    return stepper.compute(plan, SamplingBatch.of(wanted)).tokens();
  }

  void append(Sequence sequence, int token) {
    sequence.append(token);
    if (sequence.numOutputTokens() == output(sequence.arrival())) {
      scheduler.remove(sequence);
    }
  }

  List<int[]> answers() {
    return sequences.stream().map(Sequence::outputTokens).toList();
  }

  /** How many sequences the steps had in which each had one token. */
  Set<Integer> rows() {
    return rows;
  }
}
