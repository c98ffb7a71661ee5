package io.millrace.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.protocol.SamplingParams;
import io.millrace.worker.sampling.Sampling;
import io.millrace.worker.sampling.SamplingDefaults;
import io.millrace.worker.schedule.BlockManager;
import io.millrace.worker.schedule.Policy;
import io.millrace.worker.schedule.Scheduler;
import io.millrace.worker.schedule.Sequence;
import io.millrace.worker.schedule.StepPlan;
import io.millrace.worker.testing.TinyCheckpoint;
import io.millrace.worker.testing.TinyFamily;
import io.millrace.worker.vector.Format;
import io.millrace.worker.vector.TransposedCache;
import io.millrace.worker.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who computes a step, the program or vectors, makes no difference to any answer in float32. */
final class VectorDecodingTest {
  private static final Sampling GREEDY = SamplingDefaults.NEUTRAL.resolve(SamplingParams.GREEDY, 0);

  /** Of all tokens, at temperature 1. */
  private static final Sampling DRAWN =
      SamplingDefaults.NEUTRAL.resolve(SamplingParams.MODEL_DEFAULTS, 5);

  private static final int BLOCK_SIZE = 16;
  private static final int MAX_ROWS = 16;

  /** More than {@link #MAX_ROWS}, so that some steps are the program's. */
  private static final int SEQUENCES = 20;

  /** Its prompt ends within a block. */
  private static final int FORKED = 2;

  private static final Policy POLICY = Policy.mixed(SEQUENCES, 256);

  private @TempDir Path folder;
  private final List<LanguageModel> models = new ArrayList<>();

  @BeforeEach
  void require() {
    assumeTrue(Format.areAvailable());
  }

  @AfterEach
  void close() {
    models.forEach(LanguageModel::close);
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheProgramsTokensAlone(TinyFamily family) throws IOException {
    family.writeTo(folder);
    LanguageModel model = load(MAX_ROWS);
    List<int[]> answers = programsAnswers();
    for (int i = 0; i < SEQUENCES; i++) {
      assertThat(ModelRun.alone(model, scheduler(model), GREEDY, i, prompts().get(i)))
          .as("prompt %d", i)
          .isEqualTo(answers.get(i));
    }
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheProgramsTokensInBatchesThatGrowAndShrink(TinyFamily family) throws IOException {
    family.writeTo(folder);
    ModelRun run = growing(load(MAX_ROWS), GREEDY);
    assertThat(run.rows()).contains(1, 2, 4, 5, 8, 9, 16, 17, SEQUENCES);
    assertSame(run.answers(), programsAnswers());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void step_givesTheProgramsTokensWithFewerRows(int maxRows) throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    assertSame(growing(load(maxRows), GREEDY).answers(), programsAnswers());
  }

  /** A prompt's chunk of one token is a step of vectors, with or without a token after it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16})
  void step_givesTheProgramsTokensInChunksOfAnySize(int chunk) throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    LanguageModel model = load(MAX_ROWS);
    BlockManager blocks = new BlockManager(model.numBlocks(), BLOCK_SIZE);
    ModelRun run = new ModelRun(model, new Scheduler(blocks, POLICY.withMaxChunk(chunk)), GREEDY);
    run.addAll(prompts());
    run.toEnd();
    assertSame(run.answers(), programsAnswers());
  }

  @Test
  void step_givesTheProgramsTokensAfterPreemption() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    Scheduler scheduler = new Scheduler(new BlockManager(24, BLOCK_SIZE), POLICY);
    ModelRun run = new ModelRun(load(MAX_ROWS), scheduler, GREEDY);
    run.addAll(prompts());
    run.toEnd();
    assertThat(scheduler.numPreemptions()).isPositive();
    assertSame(run.answers(), programsAnswers());
  }

  @Test
  void step_givesTheProgramsTokensAfterACachedPrefix() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    LanguageModel model = load(MAX_ROWS);
    BlockManager blocks = new BlockManager(model.numBlocks(), BLOCK_SIZE, true);
    List<int[]> answers = programsAnswers();
    for (int round = 0; round < 2; round++) {
      ModelRun run = new ModelRun(model, new Scheduler(blocks, POLICY), GREEDY);
      run.addAll(prompts());
      run.toEnd();
      assertSame(run.answers(), answers);
    }
    assertThat(blocks.prefixCacheHits()).isPositive();
  }

  /** Forks write into copies of their parent's last block. */
  @Test
  void step_givesForksTheirParentsTokens() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    LanguageModel model = load(MAX_ROWS);
    Scheduler scheduler = scheduler(model);
    ModelRun run = new ModelRun(model, scheduler, GREEDY);
    Sequence parent = run.add(FORKED, prompts().get(FORKED));
    List<Sequence> forks = new ArrayList<>();
    int copies = 0;
    while (run.hasWork()) {
      copies += run.step().copies().size();
      if (forks.size() < 10) {
        // Has as many tokens to give as its parent.
        Sequence child = parent.fork("fork", FORKED + 24L * (forks.size() + 1));
        forks.add(child);
        scheduler.fork(parent, child);
      }
    }
    assertThat(copies).isPositive();
    assertThat(forks).hasSize(10);
    int[] answer = programsAnswers().get(FORKED);
    assertThat(forks).allSatisfy(it -> assertThat(it.outputTokens()).isEqualTo(answer));
  }

  @Test
  void step_drawsTheSameTokensAloneAndInAnyBatch() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    LanguageModel model = load(MAX_ROWS);
    List<int[]> together = growing(model, DRAWN).answers();
    assertThat(together.get(FORKED)).isNotEqualTo(programsAnswers().get(FORKED));
    for (int i = 0; i < SEQUENCES; i++) {
      assertThat(ModelRun.alone(model, scheduler(model), DRAWN, i, prompts().get(i)))
          .as("prompt %d", i)
          .isEqualTo(together.get(i));
    }
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void logits_areThoseOfTheProgram(TinyFamily family) throws IOException {
    family.writeTo(folder);
    assertDiffersByAtMost(3e-5f, load(0), load(MAX_ROWS));
  }

  /** The program rounds weights to half precision here, or inputs to bfloat16. */
  @ParameterizedTest
  @CsvSource({"BF16, NONE", "FP32, INT8", "BF16, INT8"})
  void logits_areNearThoseOfAProgramThatRoundsOtherwise(
      Precision precision, Quantization quantization) throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    assertDiffersByAtMost(
        0.1f,
        load(precision, quantization, null, 0, BLOCK_SIZE),
        load(precision, quantization, null, MAX_ROWS, BLOCK_SIZE));
  }

  /**
   * With heads whose values are kept in bfloat16, and with ones that are not wide enough for it.
   */
  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void logits_areNearThoseOfAProgramThatComputesInBfloat16(int headDim) throws IOException {
    assertThat(TransposedCache.canBeNarrow(headDim)).isEqualTo(headDim == 32);
    TinyCheckpoint.llama().withWidth(4 * headDim, 4, 2, 128).writeTo(folder);
    assertDiffersByAtMost(
        0.1f,
        load(Precision.BF16, Quantization.NONE, Kernel.ONEDNN_BF16, 0, BLOCK_SIZE),
        load(Precision.BF16, Quantization.NONE, Kernel.ONEDNN_BF16, MAX_ROWS, BLOCK_SIZE));
  }

  private static List<int[]> prompts() {
    Random random = new Random(3);
    return IntStream.range(0, SEQUENCES)
        .mapToObj(i -> random.ints(1 + i * 37 % 80, 10, 300).toArray())
        .toList();
  }

  private List<int[]> programsAnswers() {
    LanguageModel program = load(0);
    return IntStream.range(0, SEQUENCES)
        .mapToObj(i -> ModelRun.alone(program, scheduler(program), GREEDY, i, prompts().get(i)))
        .toList();
  }

  /** One more begins every second step until all are there, and they end one by one. */
  private static ModelRun growing(LanguageModel model, Sampling sampling) {
    ModelRun run = new ModelRun(model, scheduler(model), sampling);
    for (int i = 0; i < SEQUENCES; i++) {
      run.add(i, prompts().get(i));
      run.step();
      run.step();
    }
    run.toEnd();
    return run;
  }

  /** The largest difference between two models' logits in the same steps. */
  private static float worstDifference(LanguageModel one, LanguageModel other) {
    Scheduler scheduler = scheduler(one);
    ModelRun run = new ModelRun(one, scheduler, GREEDY);
    float worst = 0;
    run.addAll(prompts());
    while (run.hasWork()) {
      StepPlan plan = scheduler.schedule();
      worst = Math.max(worst, worst(one.logits(plan), other.logits(plan)));
      worst = Math.max(worst, worst(one.logitsOfAllTokens(plan), other.logitsOfAllTokens(plan)));
      int[] tokens = run.compute(plan);
      for (int i = 0; i < tokens.length; i++) {
        run.append(plan.sampled().get(i), tokens[i]);
      }
    }
    return worst;
  }

  /** At least by a bit, because sums are added up in another order: vectors were at work. */
  private static void assertDiffersByAtMost(float limit, LanguageModel one, LanguageModel other) {
    assertThat(worstDifference(one, other)).isBetween(Float.MIN_VALUE, limit);
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

  private static void assertSame(List<int[]> actual, List<int[]> expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }

  private static Scheduler scheduler(LanguageModel model) {
    return new Scheduler(new BlockManager(model.numBlocks(), model.blockSize()), POLICY);
  }

  private LanguageModel load(int maxRows) {
    return load(Precision.FP32, Quantization.NONE, null, maxRows, BLOCK_SIZE);
  }

  private LanguageModel load(
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      int maxRows,
      int blockSize) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      LanguageModel model =
          new ModelLoader(
                  precision, quantization, "cpu", null, maxRows, 2, blockSize, SEQUENCES, 128, null)
              .load(checkpoint, done -> {});
      models.add(model);
      return model;
    } catch (UnsupportedModel e) {
      return abort(e.getMessage());
    }
  }
}
