package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The same prompts, answered by a model in steps that are put together in all the ways that there
 * are.
 */
final class DecoderTrial {
  static final Sampling GREEDY = Sampling.GREEDY;

  static final int SEQUENCES = 20;

  /** Its prompt ends within a block. */
  static final int FORKED = 2;

  static final int FORKS = 10;

  private static final Policy POLICY = Policy.mixed(SEQUENCES, 256);

  /** Too few for all sequences, and enough for each. */
  private static final int FEW_TOKENS = 24 * 16;

  private final LanguageModel model;
  private final Sampling sampling;

  DecoderTrial(LanguageModel model) {
    this(model, GREEDY);
  }

  DecoderTrial(LanguageModel model, Sampling sampling) {
    this.model = model;
    this.sampling = sampling;
  }

  static void assertSame(List<int[]> actual, List<int[]> expected) {
    assertThat(actual.toArray(int[][]::new)).isDeepEqualTo(expected.toArray(int[][]::new));
  }

  /** At least by a bit, because sums are added up in another order: there are two ways at work. */
  static void assertDiffersByAtMost(float limit, LanguageModel one, LanguageModel other) {
    assertThat(new DecoderTrial(one).worstDifference(other)).isBetween(Float.MIN_VALUE, limit);
  }

  /** What each prompt is answered without others. */
  List<int[]> alone() {
    return IntStream.range(0, SEQUENCES)
        .mapToObj(i -> ModelRun.alone(model, scheduler(), sampling, i, prompts().get(i)))
        .toList();
  }

  /** One more begins every second step until all are there, and they end one by one. */
  ModelRun growing() {
    ModelRun run = new ModelRun(model, scheduler(), sampling);
    for (int i = 0; i < SEQUENCES; i++) {
      run.add(i, prompts().get(i));
      run.step();
      run.step();
    }
    run.toEnd();
    return run;
  }

  List<int[]> inChunks(int chunk) {
    BlockManager blocks = new BlockManager(model.numBlocks(), model.blockSize());
    return together(new Scheduler(blocks, POLICY.withMaxChunk(chunk)));
  }

  /** Some lose their blocks, and are computed once more. */
  List<int[]> withPreemption() {
    int blocks = FEW_TOKENS / model.blockSize();
    Scheduler scheduler = new Scheduler(new BlockManager(blocks, model.blockSize()), POLICY);
    List<int[]> answers = together(scheduler);
    assertThat(scheduler.numPreemptions()).isPositive();
    return answers;
  }

  /** First answers, and those of the same prompts when their prefixes are in the cache. */
  List<List<int[]>> beforeAndAfterCachedPrefixes() {
    BlockManager blocks = new BlockManager(model.numBlocks(), model.blockSize(), true);
    List<int[]> first = together(new Scheduler(blocks, POLICY));
    List<int[]> second = together(new Scheduler(blocks, POLICY));
    assertThat(blocks.prefixCacheHits()).isPositive();
    return List.of(first, second);
  }

  /** Answers of forks of one sequence, which write into copies of their parent's last block. */
  List<int[]> forks() {
    Scheduler scheduler = scheduler();
    ModelRun run = new ModelRun(model, scheduler, sampling);
    Sequence parent = run.add(FORKED, prompts().get(FORKED));
    List<Sequence> forks = new ArrayList<>();
    int copies = 0;
    while (run.hasWork()) {
      copies += run.step().copies().size();
      if (forks.size() < FORKS) {
        // Has as many tokens to give as its parent.
        Sequence child = parent.fork("fork", FORKED + 24L * (forks.size() + 1));
        forks.add(child);
        scheduler.fork(parent, child);
      }
    }
    assertThat(copies).isPositive();
    assertThat(forks).hasSize(FORKS);
    return forks.stream().map(Sequence::outputTokens).toList();
  }

  private List<int[]> together(Scheduler scheduler) {
    ModelRun run = new ModelRun(model, scheduler, sampling);
    run.addAll(prompts());
    run.toEnd();
    return run.answers();
  }

  /** The largest difference between two models' logits in the same steps. */
  private float worstDifference(LanguageModel other) {
    Scheduler scheduler = scheduler();
    ModelRun run = new ModelRun(model, scheduler, sampling);
    float worst = 0;
    run.addAll(prompts());
    while (run.hasWork()) {
      StepPlan plan = scheduler.schedule();
      worst = Math.max(worst, worst(model.logits(plan), other.logits(plan)));
      // In a step without prompts these are the same rows.
      if (plan.numTokens() > plan.slices().size()) {
        worst =
            Math.max(worst, worst(model.logitsOfAllTokens(plan), other.logitsOfAllTokens(plan)));
      }
      int[] tokens = run.compute(plan);
      for (int i = 0; i < tokens.length; i++) {
        run.append(plan.sampled().get(i), tokens[i]);
      }
    }
    return worst;
  }

  private static float worst(float[][] expected, float[][] actual) {
    assertThat(actual.length).isEqualTo(expected.length);
    float worst = 0;
    for (int row = 0; row < expected.length; row++) {
      assertThat(actual[row]).hasSameSizeAs(expected[row]);
      for (int i = 0; i < expected[row].length; i++) {
        float difference = Math.abs(actual[row][i] - expected[row][i]);
        worst = Float.isFinite(difference) ? Math.max(worst, difference) : Float.MAX_VALUE;
      }
    }
    return worst;
  }

  private static List<int[]> prompts() {
    Random random = new Random(3);
    return IntStream.range(0, SEQUENCES)
        .mapToObj(i -> random.ints(1 + i * 37 % 80, 10, 300).toArray())
        .toList();
  }

  private Scheduler scheduler() {
    return new Scheduler(new BlockManager(model.numBlocks(), model.blockSize()), POLICY);
  }
}
