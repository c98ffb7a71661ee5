package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.Stepper;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.protocol.SamplingParams;
import io.millrace.testing.TinyFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** With {@code --batch-invariant} no bit of a result depends on what else is computed. */
final class BatchInvariantTest {
  /** Of all tokens, at temperature 1. */
  private static final Sampling DRAWN = Sampling.of(SamplingParams.NONE, 5);

  private @TempDir Path folder;
  private final TrialModels models = new TrialModels(16);

  @BeforeEach
  void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @AfterEach
  void close() {
    models.close();
  }

  @ParameterizedTest
  @CsvSource({"FP32,NONE", "BF16,NONE", "BF16,INT8"})
  void answers_areTheSameInAnyCompany(Precision precision, Quantization quantization)
      throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    LanguageModel model = models.loadBatchInvariant(folder, precision, quantization);
    DecoderTrial trial = new DecoderTrial(model, DRAWN);
    List<int[]> alone = trial.alone();
    assertSame(trial.growing().answers(), alone);
    assertSame(trial.inChunks(1), alone);
    assertSame(trial.inChunks(7), alone);
    assertSame(trial.withPreemption(), alone);
    assertThat(trial.beforeAndAfterCachedPrefixes()).allSatisfy(it -> assertSame(it, alone));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void logits_areTheSameToTheBitHoweverPromptsAreCut(TinyFamily family) throws IOException {
    family.writeTo(folder);
    LanguageModel model = models.loadBatchInvariant(folder, Precision.BF16, Quantization.NONE);
    List<float[]> whole = lastLogits(model, 512);
    for (int chunk : new int[] {1, 5, 16}) {
      List<float[]> cut = lastLogits(model, chunk);
      for (int i = 0; i < whole.size(); i++) {
        assertThat(Arrays.equals(cut.get(i), whole.get(i))).as("prompt %d", i).isTrue();
      }
    }
  }

  /** Of each prompt, all of them computed together in steps of so many tokens. */
  private static List<float[]> lastLogits(LanguageModel model, int tokensAStep) {
    Scheduler scheduler =
        new Scheduler(
            new BlockManager(model.numBlocks(), model.blockSize()),
            Math.min(16, tokensAStep),
            tokensAStep);
    Stepper stepper = new Stepper(model, scheduler);
    List<Sequence> sequences = new ArrayList<>();
    for (int[] prompt : TinyModels.prompts()) {
      sequences.add(new Sequence("s" + sequences.size(), 0, sequences.size(), prompt));
    }
    sequences.forEach(scheduler::add);
    float[][] last = new float[sequences.size()][];
    while (stepper.hasWork()) {
      var plan = stepper.plan();
      float[][] logits = stepper.logits(plan);
      List<Sequence> sampled = plan.sampled();
      for (int i = 0; i < sampled.size(); i++) {
        last[sequences.indexOf(sampled.get(i))] = logits[i];
        scheduler.remove(sampled.get(i));
      }
    }
    return List.of(last);
  }

  private static void assertSame(List<int[]> answers, List<int[]> expected) {
    assertThat(answers).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(answers.get(i)).as("answer %d", i).isEqualTo(expected.get(i));
    }
  }
}
