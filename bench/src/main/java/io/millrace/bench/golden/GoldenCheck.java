package io.millrace.bench.golden;

import io.millrace.bench.stats.LogSumExp;
import io.millrace.engine.PromptEncoder;
import io.millrace.engine.Stepper;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import io.millrace.engine.schedule.TokenProposer;
import io.millrace.protocol.Invalid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The check of golden cases: runs them through scheduler and model, and compares. */
final class GoldenCheck {
  private static final int TOKENS_BETWEEN_PREEMPTIONS = 8;

  private final LanguageModel model;
  private final PromptEncoder encoder;
  private final GoldenConditions conditions;
  private final BlockManager blocks;
  private long numPrompts;
  private long numPieces;
  private long numPreemptions;
  private long numProposed;
  private long numAccepted;

  GoldenCheck(LanguageModel model, PromptEncoder encoder, GoldenConditions conditions) {
    this.model = model;
    this.encoder = encoder;
    this.conditions = conditions;
    this.blocks = new BlockManager(model.numBlocks(), model.blockSize(), conditions.prefixCache());
  }

  /** The counts of all checks so far. */
  GoldenConditions.Counts counts() {
    return new GoldenConditions.Counts(
        numPrompts,
        numPieces,
        numPreemptions,
        blocks.prefixCacheQueries(),
        blocks.prefixCacheHits(),
        numProposed,
        numAccepted);
  }

  /** Checks cases that share every step. */
  List<GoldenResult> check(List<GoldenCase> cases) {
    float[][] logits = promptLogits(cases);
    List<int[]> greedy = greedyTokens(cases);
    List<GoldenResult> results = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      results.add(result(cases.get(i), logits[i], greedy.get(i)));
    }
    return results;
  }

  /** The logits at each prompt's last position, all prompts in as few steps as they fit. */
  private float[][] promptLogits(List<GoldenCase> cases) {
    Scheduler scheduler = scheduler(cases.size());
    Stepper stepper = new Stepper(model, scheduler);
    List<Sequence> sequences = add(cases, scheduler);
    float[][] logits = new float[cases.size()][];
    while (stepper.hasWork()) {
      StepPlan plan = counted(stepper.plan());
      float[][] rows = stepper.logits(plan);
      for (int row = 0; row < rows.length; row++) {
        Sequence sequence = plan.sampled().get(row);
        logits[sequences.indexOf(sequence)] = rows[row];
        scheduler.remove(sequence);
      }
    }
    return logits;
  }

  /** The model's own likeliest tokens, as many as the reference has. */
  List<int[]> greedyTokens(List<GoldenCase> cases) {
    return greedy(cases).stream().map(Sequence::outputTokens).toList();
  }

  private List<Sequence> greedy(List<GoldenCase> cases) {
    Scheduler scheduler = scheduler(cases.size());
    Stepper stepper = new Stepper(model, scheduler);
    List<Sequence> sequences = add(cases, scheduler);
    GoldenProposer proposer =
        conditions.drafter() == null
            ? null
            : new GoldenProposer(
                conditions.drafter(), it -> cases.get(sequences.indexOf(it)).greedy().length);
    while (stepper.hasWork()) {
      StepPlan plan = counted(stepper.plan(proposer == null ? TokenProposer.NONE : proposer));
      stepper.computeGreedily(plan);
      if (proposer != null) {
        count(plan, proposer);
      }
      for (Sequence sequence : plan.sampled()) {
        int wanted = cases.get(sequences.indexOf(sequence)).greedy().length;
        if (sequence.numOutputTokens() == wanted) {
          scheduler.remove(sequence);
          if (proposer != null) {
            proposer.forget(sequence);
          }
        } else if (conditions.preempt()
            && sequence.numOutputTokens() % TOKENS_BETWEEN_PREEMPTIONS == 0) {
          scheduler.preempt(sequence);
        }
      }
    }
    numPreemptions += scheduler.numPreemptions();
    return sequences;
  }

  private void count(StepPlan plan, GoldenProposer proposer) {
    for (Slice slice : plan.slices()) {
      numProposed += slice.proposed().size();
      numAccepted += proposer.settle(slice);
    }
  }

  private StepPlan counted(StepPlan plan) {
    for (Slice slice : plan.slices()) {
      if (slice.sequence().numOutputTokens() == 0) {
        numPieces++;
        numPrompts += slice.reachesEnd() ? 1 : 0;
      }
    }
    return plan;
  }

  private Scheduler scheduler(int sequences) {
    return new Scheduler(blocks, conditions.policy(sequences));
  }

  private static List<Sequence> add(List<GoldenCase> cases, Scheduler scheduler) {
    List<Sequence> sequences = new ArrayList<>();
    for (GoldenCase each : cases) {
      int number = sequences.size();
      sequences.add(new Sequence("case " + number, 0, number, each.prompt()));
    }
    sequences.forEach(scheduler::add);
    return sequences;
  }

  private GoldenResult result(GoldenCase expected, float[] logits, int[] tokens) {
    double norm = LogSumExp.of(logits);
    double logprobDifference = 0;
    for (Map.Entry<Integer, Double> top : expected.topLogprobs().entrySet()) {
      double logprob = logits[top.getKey()] - norm;
      logprobDifference = Math.max(logprobDifference, Math.abs(logprob - top.getValue()));
    }
    double logitDifference = 0;
    for (int i = 0; i < expected.firstLogits().length; i++) {
      logitDifference = Math.max(logitDifference, Math.abs(logits[i] - expected.firstLogits()[i]));
    }
    int mismatch = Arrays.mismatch(tokens, expected.greedy());
    return new GoldenResult(
        promptDifference(expected),
        mismatch < 0 ? tokens.length : mismatch,
        expected.greedy().length,
        logprobDifference,
        logitDifference,
        expected.minMargin() < GoldenResult.TOLERANCE);
  }

  private @Nullable String promptDifference(GoldenCase expected) {
    if (expected.source() == null) {
      return null;
    }
    try {
      int[] ids = encoder.encode(expected.source());
      return Arrays.equals(ids, expected.prompt())
          ? null
          : "the prompt's ids are %s, not %s"
              .formatted(Arrays.toString(ids), Arrays.toString(expected.prompt()));
    } catch (Invalid e) {
      return "the prompt cannot be encoded: " + e.getMessage();
    }
  }
}
