package io.millrace.engine.speculation;

import io.millrace.engine.model.DeviceFailure;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.DraftScheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.speculation.DraftModelSpeculation.DraftSampling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drafter by a draft model: a smaller model with the same tokens and a cache of its own, which
 * guesses for all sequences together, a token of each in a step.
 */
public final class ModelDrafter implements Drafter {
  private static final Logger log = LoggerFactory.getLogger(ModelDrafter.class);

  private final DraftModelSpeculation settings;
  private final LanguageModel model;
  private final DraftScheduler scheduler;
  private final int targetVocabulary;
  private final double relativeCost;
  private final Map<Sequence, DraftLength> lengths = new HashMap<>();

  /** Sequences that the draft model has failed on. */
  private final Set<Sequence> failed = new HashSet<>();

  /**
   * Makes a drafter that owns its model, and closes it.
   *
   * @param maxNumBatchedTokens tokens that may be computed at once to catch up
   * @param prefixCaching whether a sequence may begin with what was computed for others
   * @param targetVocabulary tokens that the other model has scores for
   * @param relativeCost of a step of this model, in steps of the other one
   */
  public ModelDrafter(
      DraftModelSpeculation settings,
      LanguageModel model,
      int maxNumBatchedTokens,
      boolean prefixCaching,
      int targetVocabulary,
      double relativeCost) {
    this.settings = settings;
    this.model = model;
    this.targetVocabulary = targetVocabulary;
    this.relativeCost = relativeCost;
    this.scheduler =
        new DraftScheduler(
            new BlockManager(model.numBlocks(), model.blockSize(), prefixCaching),
            maxNumBatchedTokens,
            model.spec().maxPositions());
  }

  @Override
  public int disableByBatchSize() {
    return settings.disableByBatchSize();
  }

  @Override
  public List<List<Integer>> propose(List<Candidate> candidates, int sharing) {
    Map<Sequence, Candidate> asked = new LinkedHashMap<>();
    Map<Sequence, Integer> wanted = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      int count = count(candidate, sharing);
      if (count > 0) {
        asked.put(candidate.sequence(), candidate);
        wanted.put(candidate.sequence(), count);
      }
    }
    guess(asked, wanted);
    return candidates.stream().map(it -> guessed(it.sequence(), asked)).toList();
  }

  private int count(Candidate candidate, int sharing) {
    Sequence sequence = candidate.sequence();
    int known = sequence.numTokens();
    DraftLength length = lengths.get(sequence);
    if (length == null) {
      length = new DraftLength(relativeCost, known);
      lengths.put(sequence, length);
    }
    length.reach(known);
    return failed.contains(sequence) || !canRead(sequence)
        ? 0
        : length.best(Math.min(candidate.most(), settings.numSpeculativeTokens()), sharing);
  }

  /** Whether the draft model knows a sequence's tokens: its vocabulary may be padded less. */
  private boolean canRead(Sequence sequence) {
    int vocabulary = model.spec().vocab();
    if (vocabulary >= targetVocabulary) {
      return true;
    }
    for (int i = 0; i < sequence.numTokens(); i++) {
      if (sequence.token(i) >= vocabulary) {
        return false;
      }
    }
    return true;
  }

  private void guess(Map<Sequence, Candidate> asked, Map<Sequence, Integer> wanted) {
    scheduler.begin(wanted);
    for (StepPlan plan = scheduler.plan(); !plan.isEmpty(); plan = scheduler.plan()) {
      try {
        List<SamplingRow> rows = plan.sampled().stream().map(it -> row(it, asked)).toList();
        scheduler.completed(plan, model.step(plan, SamplingBatch.of(rows)).tokens());
      } catch (RuntimeException e) {
        throwIfOfDevice(e);
        // The answers are the other model's, and go on without proposals.
        log.error("the draft model failed; it guesses no more for {}", wanted.keySet(), e);
        wanted.keySet().forEach(scheduler::remove);
        failed.addAll(wanted.keySet());
        return;
      }
    }
  }

  /** The other model has lost the device, too, if it was that which failed. */
  private static void throwIfOfDevice(RuntimeException e) {
    DeviceFailure.of(e)
        .ifPresent(
            failure -> {
              throw failure;
            });
  }

  /** The sampling of a follower's next token. */
  private SamplingRow row(Sequence follower, Map<Sequence, Candidate> asked) {
    Candidate candidate = Objects.requireNonNull(asked.get(scheduler.target(follower)));
    int position = follower.numTokens();
    return settings.sampling() == DraftSampling.GREEDY
        ? candidate.greedyRow(position)
        : candidate.row(position);
  }

  private List<Integer> guessed(Sequence sequence, Map<Sequence, Candidate> asked) {
    if (!asked.containsKey(sequence)) {
      return List.of();
    }
    List<Integer> guessed = scheduler.guessed(sequence);
    Objects.requireNonNull(lengths.get(sequence)).guessed(guessed.size());
    List<Integer> known = new ArrayList<>();
    for (int token : guessed) {
      if (token >= targetVocabulary) {
        break;
      }
      known.add(token);
    }
    return known;
  }

  @Override
  public void settle(Sequence sequence, int proposed, int accepted) {
    DraftLength length = lengths.get(sequence);
    if (length != null) {
      length.settle(proposed, accepted);
    }
  }

  @Override
  public void forget(Sequence sequence) {
    lengths.remove(sequence);
    failed.remove(sequence);
    scheduler.remove(sequence);
  }

  @Override
  public void close() {
    model.close();
  }
}
