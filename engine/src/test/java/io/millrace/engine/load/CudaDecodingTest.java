package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.cuda.CudaSupport;
import io.millrace.engine.cuda.EmulatedDevice;
import io.millrace.engine.cuda.EmulatedDevice.ThreadOrder;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.models.weights.Checkpoint;
import io.millrace.protocol.SamplingParams;
import io.millrace.testing.TinyFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The CUDA decoder, its kernels emulated on a CPU, against the TorchScript program: token for token
 * in float32, however steps are put together.
 */
final class CudaDecodingTest {
  private static final int BLOCK_SIZE = 8;
  private static final int OUTPUT = 6;
  private static final int FORKS = 3;

  /** Its prompt ends within a block. */
  private static final int FORKED = 2;

  @TempDir private static Path folder;

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void tokens_areThoseOfTheProgram(TinyFamily family) throws IOException {
    Path files = family.writeTo(folder.resolve(family.name()));
    EmulatedDevice device = EmulatedDevice.open();
    List<int[]> expected = expected(files);
    try (LanguageModel cuda = load(files, Precision.FP32, device)) {
      assertThat(cuda.kernel()).isEqualTo("CUDA kernels in fp32");
      assertThat(cuda.device()).isEqualTo("cuda:0");
      assertSame(answers(cuda, blocks(cuda, false), Policy.mixed(16, 64)), expected);
      device.run(ThreadOrder.MIXED);
      assertSame(answers(cuda, blocks(cuda, false), Policy.mixed(2, 16).withMaxChunk(7)), expected);
    }
    assertThat(device.isClosed()).isTrue();
    assertThat(device.graphLaunches()).isPositive();
    assertThat(device.multiplications()).isPositive();
  }

  @Test
  void tokens_areTheSameFromSharedBlocks() throws IOException {
    Path files = TinyFamily.MISTRAL.writeTo(folder.resolve("shared"));
    EmulatedDevice device = EmulatedDevice.open();
    List<int[]> expected = expected(files);
    try (LanguageModel cuda = load(files, Precision.FP32, device)) {
      device.run(ThreadOrder.DOWN);
      BlockManager shared = blocks(cuda, true);
      assertSame(answers(cuda, shared, Policy.mixed(16, 256)), expected);
      assertSame(answers(cuda, shared, Policy.mixed(16, 256)), expected);
      assertThat(shared.prefixCacheHits()).isPositive();
      assertThat(forks(cuda)).allSatisfy(it -> assertThat(it).isEqualTo(expected.get(FORKED)));
    }
  }

  /** A draw is the same whoever makes it: the device makes these, the host the program's. */
  @Test
  void drawnTokens_areThoseOfTheProgram() throws IOException {
    Path files = TinyFamily.LLAMA.writeTo(folder.resolve("drawn"));
    EmulatedDevice device = EmulatedDevice.open();
    try (LanguageModel program = TinyModels.load(files, BLOCK_SIZE);
        LanguageModel cuda = load(files, Precision.FP32, device)) {
      Policy policy = Policy.mixed(16, 64);
      Sampling drawn = Sampling.of(SamplingParams.NONE.withTemperature(0.8), 17);
      assertSame(
          answers(cuda, blocks(cuda, false), policy, drawn),
          answers(program, blocks(program, false), policy, drawn));
    }
  }

  @ParameterizedTest
  @CsvSource({"LLAMA, FP32, 1e-4", "QWEN3, BF16, 0.15", "BAICHUAN, FP16, 0.03"})
  void logits_areNearThoseOfTheProgram(TinyFamily family, Precision precision, double limit)
      throws IOException {
    Path files = family.writeTo(folder.resolve(family.name()));
    EmulatedDevice device = EmulatedDevice.open();
    try (LanguageModel program = TinyModels.load(files, BLOCK_SIZE);
        LanguageModel cuda = load(files, precision, device)) {
      Scheduler scheduler = new Scheduler(blocks(cuda, false), Policy.mixed(16, 64));
      ModelRun run = new ModelRun(cuda, scheduler, Sampling.GREEDY);
      run.addAll(TinyModels.prompts().subList(0, 5));
      for (int step = 0; step < 6; step++) {
        StepPlan plan = scheduler.schedule();
        // Of more rows than a step may want, so in parts.
        assertNear(cuda.logitsOfAllTokens(plan), program.logitsOfAllTokens(plan), limit);
        assertNear(cuda.logits(plan), program.logits(plan), limit);
        int[] tokens = run.compute(plan);
        for (int i = 0; i < tokens.length; i++) {
          plan.sampled().get(i).append(tokens[i]);
        }
      }
    }
  }

  private static List<int[]> expected(Path files) {
    try (LanguageModel program = TinyModels.load(files, BLOCK_SIZE)) {
      return answers(program, blocks(program, false), Policy.mixed(16, 64));
    }
  }

  private static LanguageModel load(Path files, Precision precision, EmulatedDevice device) {
    try (Checkpoint checkpoint = Checkpoint.open(files)) {
      ModelSettings settings =
          new ModelSettings(
              precision,
              Quantization.NONE,
              "cuda:0",
              true,
              null,
              null,
              false,
              1,
              BLOCK_SIZE,
              16,
              128,
              null,
              null);
      CudaSupport support = new CudaSupport(device, "");
      return ModelLoader.load(settings, checkpoint, done -> {}, index -> support);
    }
  }

  private static BlockManager blocks(LanguageModel model, boolean prefixCaching) {
    return new BlockManager(model.numBlocks(), BLOCK_SIZE, prefixCaching);
  }

  private static void assertSame(List<int[]> actual, List<int[]> expected) {
    assertThat(actual.toArray(int[][]::new)).isDeepEqualTo(expected.toArray(int[][]::new));
  }

  private static void assertNear(float[][] actual, float[][] expected, double limit) {
    assertThat(actual).hasSameDimensionsAs(expected);
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        assertThat((double) actual[row][i]).isCloseTo(expected[row][i], within(limit));
      }
    }
  }

  private static List<int[]> answers(LanguageModel model, BlockManager blocks, Policy policy) {
    return answers(model, blocks, policy, Sampling.GREEDY);
  }

  private static List<int[]> answers(
      LanguageModel model, BlockManager blocks, Policy policy, Sampling sampling) {
    Scheduler scheduler = new Scheduler(blocks, policy);
    ModelRun run = new ModelRun(model, scheduler, sampling);
    run.addAll(TinyModels.prompts());
    while (scheduler.hasWork()) {
      step(run, scheduler);
    }
    return run.answers();
  }

  /** Answers of forks of one sequence, which write into copies of their parent's last block. */
  private static List<int[]> forks(LanguageModel model) {
    Scheduler scheduler = new Scheduler(blocks(model, false), Policy.mixed(16, 64));
    ModelRun run = new ModelRun(model, scheduler, Sampling.GREEDY);
    Sequence parent = run.add(FORKED, TinyModels.prompts().get(FORKED));
    List<Sequence> forks = new ArrayList<>();
    int copies = 0;
    while (scheduler.hasWork()) {
      copies += step(run, scheduler);
      if (forks.size() < FORKS) {
        Sequence child = parent.fork("fork", FORKED + forks.size() + 1);
        forks.add(child);
        scheduler.fork(parent, child);
      }
    }
    assertThat(copies).isPositive();
    return forks.stream().map(Sequence::outputTokens).toList();
  }

  /** Computes a step, and returns how many blocks it copied. */
  private static int step(ModelRun run, Scheduler scheduler) {
    StepPlan plan = scheduler.schedule();
    int[] tokens = run.compute(plan);
    for (int i = 0; i < tokens.length; i++) {
      Sequence sequence = plan.sampled().get(i);
      sequence.append(tokens[i]);
      if (sequence.numOutputTokens() == OUTPUT) {
        scheduler.remove(sequence);
      }
    }
    return plan.copies().size();
  }
}
