package io.millrace.bench.engine;

import io.millrace.engine.Stepper;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import java.util.ArrayList;
import java.util.List;

/** The driver of a model that answers greedily, which times its steps. */
final class EngineDriver {
  private final Scheduler scheduler;
  private final Stepper stepper;
  private long arrivals;

  /**
   * The time that a step took.
   *
   * @param nanos nanoseconds of the whole step
   * @param hostNanos the part that neither decoder nor sampling took: scheduling, preparing the
   *     input
   */
  record Step(long nanos, long hostNanos) {}

  EngineDriver(LanguageModel model, int maxNumSequences, int maxNumBatchedTokens) {
    this.scheduler =
        new Scheduler(
            new BlockManager(model.numBlocks(), model.blockSize()),
            maxNumSequences,
            maxNumBatchedTokens);
    this.stepper = new Stepper(model, scheduler);
  }

  /** Computes prompts and nothing else; each leaves when it is computed. */
  void prefill(List<int[]> prompts) {
    add(prompts);
    while (stepper.hasWork()) {
      StepPlan plan = stepper.plan();
      stepper.computeGreedily(plan);
      plan.sampled().forEach(scheduler::remove);
    }
  }

  /** Adds prompts, and steps until each of them has begun to be answered. */
  void start(List<int[]> prompts) {
    List<Sequence> sequences = add(prompts);
    while (sequences.stream().anyMatch(sequence -> sequence.numOutputTokens() == 0)) {
      step();
    }
  }

  /** Computes one more token of every answer. */
  Step step() {
    long started = System.nanoTime();
    long compute = stepper.computeGreedily(stepper.plan()).computeNanos();
    long nanos = System.nanoTime() - started;
    return new Step(nanos, nanos - compute);
  }

  private List<Sequence> add(List<int[]> prompts) {
    List<Sequence> sequences = new ArrayList<>();
    for (int[] prompt : prompts) {
      long arrival = arrivals++;
      sequences.add(new Sequence("bench " + arrival, 0, arrival, prompt));
    }
    sequences.forEach(scheduler::add);
    return sequences;
  }
}
