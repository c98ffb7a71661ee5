package io.millrace.engine.load;

import static io.millrace.engine.load.DecoderTrial.FORKED;
import static io.millrace.engine.load.DecoderTrial.SEQUENCES;
import static io.millrace.engine.load.DecoderTrial.assertDiffersByAtMost;
import static io.millrace.engine.load.DecoderTrial.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.testing.TinyFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * With multiplications of matrices an answer is the same to the bit whatever else is computed in
 * its steps, and however its prompt is cut.
 */
final class GemmDecodingTest {
  /** Whole pairs of vectors on any CPU. */
  private static final TrialModels MODELS = new TrialModels(32);

  /** Models are the same for all tests, so that blocks hold what other tests left behind. */
  private static final Map<TinyFamily, LanguageModel> OF_FAMILIES = new EnumMap<>(TinyFamily.class);

  private static final Map<TinyFamily, List<int[]>> ANSWERS = new EnumMap<>(TinyFamily.class);

  @TempDir private static Path folder;

  @AfterAll
  static void close() {
    MODELS.close();
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheSameTokensInBatchesThatGrowAndShrink(TinyFamily family) throws IOException {
    ModelRun run = trial(family).growing();
    assertThat(run.rows()).contains(1, 2, 3, 4, 8, 16, SEQUENCES);
    assertSame(run.answers(), answersAlone(family));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheSameTokensInChunksOfAnySize(TinyFamily family) throws IOException {
    for (int chunk : new int[] {1, 7, 16}) {
      assertSame(trial(family).inChunks(chunk), answersAlone(family));
    }
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheSameTokensAfterPreemption(TinyFamily family) throws IOException {
    assertSame(trial(family).withPreemption(), answersAlone(family));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheSameTokensAfterACachedPrefix(TinyFamily family) throws IOException {
    List<int[]> answers = answersAlone(family);
    assertThat(trial(family).beforeAndAfterCachedPrefixes())
        .allSatisfy(it -> assertSame(it, answers));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesForksTheirParentsTokens(TinyFamily family) throws IOException {
    int[] answer = answersAlone(family).get(FORKED);
    assertThat(trial(family).forks()).allSatisfy(it -> assertThat(it).isEqualTo(answer));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void logits_areNearThoseOfAProgramThatComputesInBfloat16(TinyFamily family) throws IOException {
    LanguageModel model = model(family);
    LanguageModel program =
        MODELS.load(
            folder.resolve(family.name()),
            Precision.BF16,
            Quantization.NONE,
            Kernel.ONEDNN_BF16,
            0);
    assertDiffersByAtMost(0.1f, program, model);
  }

  private static List<int[]> answersAlone(TinyFamily family) throws IOException {
    List<int[]> answers = ANSWERS.get(family);
    if (answers == null) {
      answers = trial(family).alone();
      ANSWERS.put(family, answers);
    }
    return answers;
  }

  private static DecoderTrial trial(TinyFamily family) throws IOException {
    return new DecoderTrial(model(family));
  }

  /**
   * Computes all steps with matrix multiplications; skips the test where this machine has not got
   * it.
   */
  private static LanguageModel model(TinyFamily family) throws IOException {
    LanguageModel model = OF_FAMILIES.get(family);
    if (model == null) {
      Path path = family.writeTo(folder.resolve(family.name()));
      model = MODELS.load(path, Precision.BF16, Quantization.NONE, null, 0);
      OF_FAMILIES.put(family, model);
    }
    assumeTrue(model.kernel().contains(Kernel.BRGEMM_BF16.label()));
    return model;
  }
}
