package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.Stepper;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sequence is answered must not depend on who computed its blocks, or who shares them. */
final class SharedBlocksTest {
  private static final Policy POLICY = Policy.mixed(16, 64);
  private static final int BLOCK_SIZE = 4;
  private static final int OUTPUT = 20;

  /** Its prompt ends within a block. */
  private static final int FORKED = 3;

  private static LanguageModel model;
  private static List<int[]> answers = List.of();

  private long arrivals;

  @BeforeAll
  static void load(@TempDir Path folder) throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    model = TinyModels.load(folder, BLOCK_SIZE);
    answers = TinyModels.prompts().stream().map(SharedBlocksTest::answerAlone).toList();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void step_givesTheSameTokensAfterACachedPrefix() {
    BlockManager blocks = blocks(true);
    run(new Scheduler(blocks, POLICY));
    assertThat(blocks.prefixCacheHits()).isZero();
    run(new Scheduler(blocks, POLICY));
    assertThat(blocks.prefixCacheHits()).isEqualTo(1 + 4 + 16 + 32 + 63 + 89);
  }

  @Test
  void step_givesTheSameTokensInAnyPolicy() {
    for (int chunk : new int[] {1, 7, 16}) {
      run(new Scheduler(blocks(false), POLICY.withMaxChunk(chunk)));
    }
    run(new Scheduler(blocks(false), POLICY.withPrefillRatio(0.5)));
    run(new Scheduler(blocks(false), POLICY.withPrefillRatio(3.0).withMaxChunk(7)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void step_givesTheSameTokensWhenEverybodyIsPreemptedNowAndThen(boolean prefixCaching) {
    Scheduler scheduler = new Scheduler(blocks(prefixCaching), POLICY);
    List<Sequence> sequences = add(scheduler);
    while (scheduler.hasWork()) {
      StepPlan plan = scheduler.schedule();
      compute(scheduler, plan);
      plan.sampled().stream()
          .filter(it -> it.numOutputTokens() % 7 == 3)
          .forEach(scheduler::preempt);
    }
    assertAnswers(sequences);
    assertThat(scheduler.numPreemptions()).isGreaterThanOrEqualTo(2 * sequences.size());
  }

  /** Forks at every length of the last block, some with the parent's next token, some without. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void step_givesTheSameTokensToForks(boolean prefixCaching) {
    Scheduler scheduler = new Scheduler(blocks(prefixCaching), POLICY);
    Sequence parent = parent(scheduler);
    List<Sequence> forks = new ArrayList<>();
    int copies = 0;
    while (scheduler.hasWork()) {
      StepPlan plan = scheduler.schedule();
      copies += plan.copies().size();
      int[] tokens = new Stepper(model, scheduler).compute(plan, Stepper.greedy(plan)).tokens();
      if (forks.size() < 10) {
        Sequence child = parent.fork("fork", arrivals++);
        if (forks.size() % 2 == 0) {
          child.append(tokens[plan.sampled().indexOf(parent)]);
        }
        forks.add(child);
        scheduler.fork(parent, child);
      }
      for (int i = 0; i < tokens.length; i++) {
        plan.sampled().get(i).append(tokens[i]);
      }
      removeAnswered(scheduler, plan);
    }
    assertThat(copies).isGreaterThan(5);
    assertThat(forks).hasSize(10).allMatch(SharedBlocksTest::isAnswered);
    assertThat(parent).matches(SharedBlocksTest::isAnswered);
  }

  /** The first attempt has copied already; the second does it again, one after the other. */
  @Test
  void retriedStep_copiesAgainWithoutHarm() {
    Scheduler scheduler = new Scheduler(blocks(false), POLICY);
    Sequence parent = parent(scheduler);
    step(scheduler);
    List<Sequence> all = new ArrayList<>(List.of(parent));
    for (int i = 0; i < 3; i++) {
      Sequence child = parent.fork("fork", arrivals++);
      scheduler.fork(parent, child);
      all.add(child);
    }
    step(scheduler);
    StepPlan plan = scheduler.schedule();
    model.logits(plan);
    for (StepPlan.Slice slice : plan.slices()) {
      compute(scheduler, new StepPlan(List.of(slice)));
    }
    while (scheduler.hasWork()) {
      step(scheduler);
    }
    assertThat(all).allMatch(SharedBlocksTest::isAnswered);
  }

  private static BlockManager blocks(boolean prefixCaching) {
    return new BlockManager(model.numBlocks(), BLOCK_SIZE, prefixCaching);
  }

  private static int[] answerAlone(int[] prompt) {
    Scheduler scheduler = new Scheduler(blocks(false), 1, 512);
    Sequence sequence = new Sequence("alone", 0, 0, prompt);
    scheduler.add(sequence);
    while (scheduler.hasWork()) {
      step(scheduler);
    }
    return sequence.outputTokens();
  }

  private Sequence parent(Scheduler scheduler) {
    Sequence parent = new Sequence("parent", 0, arrivals++, TinyModels.prompts().get(FORKED));
    scheduler.add(parent);
    return parent;
  }

  private void run(Scheduler scheduler) {
    List<Sequence> sequences = add(scheduler);
    while (scheduler.hasWork()) {
      step(scheduler);
    }
    assertAnswers(sequences);
  }

  private List<Sequence> add(Scheduler scheduler) {
    List<Sequence> sequences = new ArrayList<>();
    TinyModels.prompts().forEach(prompt -> sequences.add(new Sequence("s", 0, arrivals++, prompt)));
    sequences.forEach(scheduler::add);
    return sequences;
  }

  private static void step(Scheduler scheduler) {
    compute(scheduler, scheduler.schedule());
  }

  private static void compute(Scheduler scheduler, StepPlan plan) {
    new Stepper(model, scheduler).computeGreedily(plan);
    removeAnswered(scheduler, plan);
  }

  private static void removeAnswered(Scheduler scheduler, StepPlan plan) {
    plan.sampled().stream()
        .filter(sequence -> sequence.numOutputTokens() == OUTPUT)
        .forEach(scheduler::remove);
  }

  private static boolean isAnswered(Sequence sequence) {
    return Arrays.equals(sequence.outputTokens(), answers.get(FORKED));
  }

  private static void assertAnswers(List<Sequence> sequences) {
    assertThat(sequences.stream().map(Sequence::outputTokens).toList())
        .usingRecursiveComparison()
        .isEqualTo(answers);
  }
}
