package io.millrace.bench.engine;

import io.millrace.engine.model.BatchBuilder;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingDefaults;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.protocol.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Steps a model as the engine does: plan, run, sample greedily, append. All that a measurement
 * knows of scheduler and model is here.
 */
final class EngineDriver {
  private static final Sampling GREEDY = SamplingDefaults.NEUTRAL.resolve(SamplingParams.GREEDY, 0);

  private final LanguageModel model;
  private final Scheduler scheduler;
  private final BatchBuilder batches;
  private long arrivals;

  /**
   * What a step took.
   *
   * @param nanos all of it
   * @param hostNanos the part outside native code: schedule, batch, sampling columns
   */
  record Step(long nanos, long hostNanos) {}

  EngineDriver(LanguageModel model, int maxNumSequences, int maxNumBatchedTokens) {
    this.model = model;
    this.scheduler =
        new Scheduler(
            new BlockManager(model.numBlocks(), model.blockSize()),
            maxNumSequences,
            maxNumBatchedTokens);
    this.batches = new BatchBuilder(model.blockSize(), model.spec().kvHeads());
  }

  /** Computes prompts and nothing else; each leaves when it is computed. */
  void prefill(List<int[]> prompts) {
    add(prompts);
    while (scheduler.hasWork()) {
      StepPlan plan = scheduler.schedule();
      model.step(plan, sampling(plan.sampled()));
      scheduler.completed(plan);
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

  /** One more token of every answer. */
  Step step() {
    long started = System.nanoTime();
    StepPlan plan = scheduler.schedule();
    List<Sequence> sampled = plan.sampled();
    SamplingBatch sampling = sampling(sampled);
    long planned = System.nanoTime();
    int[] tokens = model.step(plan, sampling).tokens();
    long computed = System.nanoTime();
    scheduler.completed(plan);
    for (int i = 0; i < tokens.length; i++) {
      sampled.get(i).append(tokens[i]);
    }
    long ended = System.nanoTime();
    long host = planned - started + (ended - computed) + batchNanos(plan);
    return new Step(ended - started, host);
  }

  /** The model lays a step out by itself and tells no time: it is done once more to time it. */
  private long batchNanos(StepPlan plan) {
    long started = System.nanoTime();
    batches.build(plan, false);
    return System.nanoTime() - started;
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

  private static SamplingBatch sampling(List<Sequence> sampled) {
    return SamplingBatch.of(sampled.stream().map(EngineDriver::row).toList());
  }

  private static SamplingRow row(Sequence sequence) {
    return new SamplingRow(GREEDY, sequence.numTokens(), null, Set.of());
  }
}
