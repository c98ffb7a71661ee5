package io.millrace.engine;

import io.millrace.engine.Stepper.SampledStep;
import io.millrace.engine.model.DeviceFailure;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.model.StepResult.PromptScores;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import io.millrace.engine.schedule.TokenProposer;
import io.millrace.engine.speculation.Drafter;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's loop with continuous batching (Orca, OSDI 2022): after every step sequences may join
 * and leave. Belongs to one thread, see {@link EngineThread}.
 */
final class Engine {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private final Stepper stepper;
  private final Scheduler scheduler;
  private final LongSupplier nanoTime;
  private final Supplier<EngineListener> listener;
  private final Map<String, Generation> generations = new HashMap<>();
  private final Map<Sequence, Member> members = new HashMap<>();
  private final @Nullable Drafter drafter;
  private long numPromptTokens;
  private long numGenerationTokens;
  private EngineStatus.Drafts drafts = EngineStatus.Drafts.NONE;

  /** The request, its prompt and the answer that a sequence belongs to. */
  private record Member(
      Generation generation, PromptChoices prompt, Choice choice, RequestStopwatch watch) {}

  /**
   * A token that is sampled in a step.
   *
   * @param source index of the sampled sequence that the logits are of
   */
  private record SampledRow(Member member, int source) {}

  /**
   * @param drafter proposes tokens; null for none
   * @param nanoTime as {@link System#nanoTime}
   * @param listener asked again for each event
   */
  Engine(
      LanguageModel model,
      Scheduler scheduler,
      @Nullable Drafter drafter,
      LongSupplier nanoTime,
      Supplier<EngineListener> listener) {
    this.stepper = new Stepper(model, scheduler);
    this.scheduler = scheduler;
    this.drafter = drafter;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  boolean hasWork() {
    return scheduler.hasWork();
  }

  /** The tokens of requests so far, of those that were cancelled, too. */
  EngineStatus.Tokens tokens() {
    return new EngineStatus.Tokens(numPromptTokens, numGenerationTokens);
  }

  /** What was proposed so far. */
  EngineStatus.Drafts drafts() {
    return drafts;
  }

  /** Carries out a command of another thread. */
  void take(EngineCommand command) {
    command.match(submit -> start(submit.generation(), submit.watch()), this::cancel);
  }

  private void cancel(EngineCommand.Cancel cancel) {
    Generation generation = generations.get(cancel.id());
    if (generation != null) {
      end(generation, FailureKind.CANCELLED, cancel.why());
    }
  }

  /** Plans a step, computes it, and delivers its tokens. */
  void step() {
    run(stepper.plan(this::propose));
  }

  private List<List<Integer>> propose(List<Sequence> sequences, int most, int sharing) {
    if (drafter == null || sharing > drafter.disableByBatchSize()) {
      return TokenProposer.NONE.propose(sequences, most, sharing);
    }
    List<Choice> choices = sequences.stream().map(it -> memberOf(it).choice).toList();
    List<List<Integer>> proposed =
        drafter.propose(choices.stream().map(it -> it.candidate(most)).toList(), sharing);
    List<List<Integer>> possible = new ArrayList<>(proposed.size());
    for (int i = 0; i < proposed.size(); i++) {
      possible.add(choices.get(i).possible(proposed.get(i)));
    }
    return possible;
  }

  private void start(Generation generation, RequestStopwatch watch) {
    if (generations.putIfAbsent(generation.id(), generation) != null) {
      fail(generation, FailureKind.INVALID, "a request with this id is being answered already");
      return;
    }
    if (generation.isComplete()) {
      generation.finish();
      forget(generation);
      return;
    }
    for (PromptChoices prompt : generation.prompts()) {
      for (Choice choice : prompt.choices()) {
        if (choice.ownsSequence() && choice.reason() == null) {
          members.put(choice.sequence(), new Member(generation, prompt, choice, watch));
          scheduler.add(choice.sequence());
        }
      }
    }
  }

  private void run(StepPlan plan) {
    List<SampledRow> sampled = sampled(plan);
    List<Draft> proposed = drafts(plan);
    long begin = nanoTime.getAsLong();
    plan.slices().forEach(slice -> memberOf(slice.sequence()).watch.scheduled(begin));
    SampledStep step;
    try {
      step = stepper.sample(plan, samplingBatch(sampled, plan.numWanted()));
    } catch (RuntimeException e) {
      throwIfOfDevice(e);
      isolate(plan, e);
      return;
    }
    listener.get().stepped(plan.slices().stream().mapToInt(Slice::count).sum());
    try (step) {
      for (PromptScores told : step.first().prompts()) {
        memberOf(told.sequence()).prompt.acceptPrompt(told.from(), told.scores());
      }
      sampled.stream()
          .map(row -> row.member.choice)
          .filter(choice -> !choice.ownsSequence())
          .forEach(Choice::forkSequence);
      take(sampled, step.first());
      verify(step, proposed);
    }
  }

  private void take(List<SampledRow> sampled, StepResult result) {
    long now = nanoTime.getAsLong();
    for (int i = 0; i < sampled.size(); i++) {
      Member member = sampled.get(i).member;
      int before = member.choice.numTokens();
      member.watch.sampled(now);
      deliver(member, result.tokens()[i], result.scoresOf(i));
      count(member, before);
    }
  }

  /**
   * Samples on where the last token is the one that was proposed, so that the logits behind it are
   * of this very answer. What each sample is to be like is asked when all tokens before it are
   * known, so no answer can tell whether anything was proposed.
   */
  private void verify(SampledStep step, List<Draft> proposed) {
    List<Draft> open = accepted(proposed);
    try {
      while (!open.isEmpty()) {
        List<SampledRow> rows = open.stream().map(this::row).toList();
        StepResult result = step.further(SamplingBatch.of(samplingRows(rows), sources(rows)));
        open.forEach(draft -> scheduler.accepted(draft.sequence()));
        take(rows, result);
        open = accepted(open);
      }
    } catch (RuntimeException e) {
      throwIfOfDevice(e);
      // Nothing is lost: what was not sampled here is what the next step begins with.
      log.warn("proposed tokens of {} sequences could not be checked", open.size(), e);
    }
    for (Draft draft : proposed) {
      settle(draft);
      drafts = drafts.with(draft.size(), draft.numAccepted());
    }
  }

  private void settle(Draft draft) {
    if (drafter != null) {
      drafter.settle(draft.sequence(), draft.size(), draft.numAccepted());
    }
  }

  /** Those that were right once more, of answers that go on. */
  private List<Draft> accepted(List<Draft> proposed) {
    return proposed.stream()
        .filter(Draft::accept)
        .filter(draft -> members.containsKey(draft.sequence()))
        .toList();
  }

  private SampledRow row(Draft draft) {
    return new SampledRow(memberOf(draft.sequence()), draft.source());
  }

  /** Counts what a step has added to an answer; its prompt, too, with the first token. */
  private void count(Member member, int tokensBefore) {
    if (tokensBefore == 0 && member.choice == member.prompt.first()) {
      numPromptTokens += member.choice.sequence().numPromptTokens();
    }
    numGenerationTokens += member.choice.numTokens() - tokensBefore;
  }

  /**
   * The rows to sample: several from the same logits where several answers begin. The one whose
   * sequence they share is the last of them, so that the sequence is still there when the others
   * fork it.
   */
  private List<SampledRow> sampled(StepPlan plan) {
    List<SampledRow> rows = new ArrayList<>();
    int source = 0;
    for (Slice slice : plan.slices()) {
      if (slice.reachesEnd()) {
        addRows(memberOf(slice.sequence()), source, rows);
        source += slice.numWanted();
      }
    }
    return rows;
  }

  private static void addRows(Member member, int source, List<SampledRow> rows) {
    if (member.choice == member.prompt.first()) {
      for (Choice choice : member.prompt.choices()) {
        if (!choice.ownsSequence()) {
          Member other = new Member(member.generation, member.prompt, choice, member.watch);
          rows.add(new SampledRow(other, source));
        }
      }
    }
    rows.add(new SampledRow(member, source));
  }

  private List<Draft> drafts(StepPlan plan) {
    List<Draft> proposed = new ArrayList<>();
    int source = 0;
    for (Slice slice : plan.slices()) {
      if (!slice.proposed().isEmpty()) {
        proposed.add(new Draft(slice, source));
      }
      source += slice.numWanted();
    }
    return proposed;
  }

  /**
   * @param numWanted rows of logits that there are
   */
  private static SamplingBatch samplingBatch(List<SampledRow> sampled, int numWanted) {
    List<SamplingRow> rows = samplingRows(sampled);
    long[] sources = sources(sampled);
    boolean oneEach = Arrays.equals(sources, LongStream.range(0, numWanted).toArray());
    return oneEach ? SamplingBatch.of(rows) : SamplingBatch.of(rows, sources);
  }

  private static List<SamplingRow> samplingRows(List<SampledRow> sampled) {
    return sampled.stream().map(row -> row.member.choice.nextRow()).toList();
  }

  private static long[] sources(List<SampledRow> sampled) {
    return sampled.stream().mapToLong(SampledRow::source).toArray();
  }

  /**
   * Schedules the own sequence of an answer that has its first token; the prompt's blocks stay
   * shared.
   */
  private void fork(Member member) {
    members.put(member.choice.sequence(), member);
    Sequence shared = member.prompt.first().sequence();
    scheduler.fork(shared, member.choice.sequence());
  }

  /** No sequence is to blame for a device that fails, and none can go on: the engine ends. */
  private static void throwIfOfDevice(RuntimeException e) {
    DeviceFailure.of(e)
        .ifPresent(
            failure -> {
              throw failure;
            });
  }

  /** Computes each sequence of a failed step alone, so that only the one that fails ends. */
  private void isolate(StepPlan plan, RuntimeException failure) {
    if (plan.slices().size() > 1) {
      log.warn(
          "a step of {} sequences failed; computing them one by one",
          plan.slices().size(),
          failure);
      plan.slices().stream()
          .filter(slice -> members.containsKey(slice.sequence()))
          .forEach(slice -> run(new StepPlan(List.of(slice))));
      return;
    }
    for (Slice slice : plan.slices()) {
      Generation generation = memberOf(slice.sequence()).generation;
      log.error("request {} failed in the model", generation.id(), failure);
      end(generation, FailureKind.INTERNAL, "the model failed on this request");
    }
  }

  private void deliver(Member member, int token, @Nullable TokenScores scores) {
    Generation generation = member.generation;
    if (generation.isOver()) {
      return; // the delivery of another answer to the same request failed
    }
    try {
      generation.accept(member.prompt, member.choice, token, scores);
      if (generation.isOver()) {
        RequestTimes times = member.watch.times();
        listener.get().answered(times);
        generation.timed(times);
      }
    } catch (Invalid e) {
      end(generation, FailureKind.INVALID, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("request {} failed while its text was delivered", generation.id(), e);
      end(generation, FailureKind.INTERNAL, "the answer could not be delivered");
    }
    if (generation.isOver()) {
      forget(generation);
    } else if (member.choice.reason() != null) {
      forget(member.choice);
    } else if (!members.containsKey(member.choice.sequence())) {
      fork(member);
    }
  }

  private void end(Generation generation, FailureKind kind, String message) {
    forget(generation);
    if (!generation.isOver()) {
      fail(generation, kind, message);
    }
  }

  /** Fails a request. A listener that throws on it must not end the answers of other requests. */
  private static void fail(Generation generation, FailureKind kind, String message) {
    try {
      generation.fail(kind, message);
    } catch (RuntimeException e) {
      log.error("request {} failed, which could not be delivered", generation.id(), e);
    }
  }

  private void forget(Generation generation) {
    generations.remove(generation.id());
    generation.choices().forEach(this::forget);
  }

  private void forget(Choice choice) {
    members.remove(choice.sequence());
    scheduler.remove(choice.sequence());
    if (drafter != null) {
      drafter.forget(choice.sequence());
    }
  }

  private Member memberOf(Sequence sequence) {
    return Objects.requireNonNull(members.get(sequence));
  }
}
