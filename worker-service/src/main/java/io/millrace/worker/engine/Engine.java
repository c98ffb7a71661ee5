package io.millrace.worker.engine;

import io.millrace.protocol.FailureKind;
import io.millrace.worker.engine.EngineCommand.Cancel;
import io.millrace.worker.engine.EngineCommand.Submit;
import io.millrace.worker.model.LanguageModel;
import io.millrace.worker.sampling.SamplingBatch;
import io.millrace.worker.schedule.Scheduler;
import io.millrace.worker.schedule.Sequence;
import io.millrace.worker.schedule.StepPlan;
import io.millrace.worker.schedule.StepPlan.Slice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Continuous batching (Orca, OSDI 2022): after every step sequences may join and leave. Belongs to
 * one thread, see {@link EngineThread}.
 */
final class Engine {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private final LanguageModel model;
  private final Scheduler scheduler;
  private final Map<String, Generation> generations = new HashMap<>();

  Engine(LanguageModel model, Scheduler scheduler) {
    this.model = model;
    this.scheduler = scheduler;
  }

  boolean hasWork() {
    return scheduler.hasWork();
  }

  /** Does what another thread asked for. */
  void take(EngineCommand command) {
    if (command instanceof Submit submit) {
      start(submit.generation());
    } else if (command instanceof Cancel cancel) {
      Generation generation = generations.get(cancel.id());
      if (generation != null) {
        end(generation, FailureKind.CANCELLED, cancel.why());
      }
    }
  }

  /** Plans, runs, samples and delivers. */
  void step() {
    StepPlan plan = scheduler.schedule();
    run(plan);
  }

  private void start(Generation generation) {
    if (generations.putIfAbsent(generation.id(), generation) != null) {
      fail(generation, FailureKind.INVALID, "a request with this id is being answered already");
      return;
    }
    scheduler.add(generation.sequence());
  }

  private void run(StepPlan plan) {
    List<Generation> sampled =
        plan.sampled().stream().map(sequence -> generations.get(sequence.id())).toList();
    int[] tokens;
    try {
      tokens =
          model
              .step(plan, SamplingBatch.of(sampled.stream().map(Generation::nextRow).toList()))
              .tokens();
    } catch (RuntimeException e) {
      isolate(plan, e);
      return;
    }
    scheduler.completed(plan);
    for (int i = 0; i < tokens.length; i++) {
      deliver(sampled.get(i), tokens[i]);
    }
  }

  /** Finds out whose step fails by computing each sequence alone, so that only that one ends. */
  private void isolate(StepPlan plan, RuntimeException failure) {
    if (plan.slices().size() > 1) {
      log.warn(
          "a step of {} sequences failed; computing them one by one",
          plan.slices().size(),
          failure);
      plan.slices().forEach(slice -> run(new StepPlan(List.of(slice))));
      return;
    }
    for (Slice slice : plan.slices()) {
      Sequence sequence = slice.sequence();
      log.error("request {} failed in the model", sequence.id(), failure);
      end(
          Objects.requireNonNull(generations.get(sequence.id())),
          FailureKind.INTERNAL,
          "the model failed on this request");
    }
  }

  private void deliver(Generation generation, int token) {
    try {
      generation.accept(token);
    } catch (RuntimeException e) {
      log.error("request {} failed while its text was delivered", generation.id(), e);
      end(generation, FailureKind.INTERNAL, "the answer could not be delivered");
    }
    if (generation.isOver()) {
      forget(generation);
    }
  }

  private void end(Generation generation, FailureKind kind, String message) {
    forget(generation);
    if (!generation.isOver()) {
      fail(generation, kind, message);
    }
  }

  /** Whoever cannot be told why there is no answer must not end those of the others. */
  private static void fail(Generation generation, FailureKind kind, String message) {
    try {
      generation.fail(kind, message);
    } catch (RuntimeException e) {
      log.error("request {} failed, which could not be delivered", generation.id(), e);
    }
  }

  private void forget(Generation generation) {
    generations.remove(generation.id());
    scheduler.remove(generation.sequence());
  }
}
