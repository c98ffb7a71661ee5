package io.millrace.engine.load;

import static io.millrace.engine.load.DecoderTrial.FORKED;
import static io.millrace.engine.load.DecoderTrial.SEQUENCES;
import static io.millrace.engine.load.DecoderTrial.assertDiffersByAtMost;
import static io.millrace.engine.load.DecoderTrial.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.vector.WeightFormat;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With vectors for every step, answers in float32 are those of the program, token for token. */
final class VectorStepsTest {
  /** Whole panels on any CPU. */
  private static final TrialModels MODELS = new TrialModels(32);

  private static final int FEW_ROWS = 4;

  private static final Map<TinyFamily, LanguageModel> OF_VECTORS = new EnumMap<>(TinyFamily.class);

  private static final Map<TinyFamily, List<int[]>> ANSWERS = new EnumMap<>(TinyFamily.class);

  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    assumeTrue(WeightFormat.areAvailable());
    for (TinyFamily family : TinyFamily.values()) {
      family.writeTo(folder.resolve(family.name()));
    }
  }

  @AfterAll
  static void close() {
    MODELS.close();
  }

  @Test
  void step_givesTheProgramsTokensAlone() {
    assertSame(trial(TinyFamily.LLAMA).alone(), answersOfProgram(TinyFamily.LLAMA));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheProgramsTokensInBatchesThatGrowAndShrink(TinyFamily family) {
    ModelRun run = trial(family).growing();
    assertThat(run.rows()).contains(1, 4, 5, 8, 9, 16, SEQUENCES);
    assertSame(run.answers(), answersOfProgram(family));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheProgramsTokensInChunks(TinyFamily family) {
    assertSame(trial(family).inChunks(7), answersOfProgram(family));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16})
  void step_givesTheProgramsTokensInChunksOfAnySize(int chunk) {
    assertSame(trial(TinyFamily.LLAMA).inChunks(chunk), answersOfProgram(TinyFamily.LLAMA));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20})
  void step_givesTheProgramsTokensWhicheverRowsAreFew(int fewRows) {
    LanguageModel model = load(TinyFamily.LLAMA, fewRows);
    assertSame(new DecoderTrial(model).growing().answers(), answersOfProgram(TinyFamily.LLAMA));
  }

  @Test
  void step_givesTheProgramsTokensAfterPreemptionAndCachedPrefixes() {
    List<int[]> answers = answersOfProgram(TinyFamily.LLAMA);
    assertSame(trial(TinyFamily.LLAMA).withPreemption(), answers);
    assertThat(trial(TinyFamily.LLAMA).beforeAndAfterCachedPrefixes())
        .allSatisfy(it -> assertSame(it, answers));
  }

  @Test
  void step_givesForksTheirParentsTokens() {
    int[] answer = answersOfProgram(TinyFamily.LLAMA).get(FORKED);
    assertThat(trial(TinyFamily.LLAMA).forks()).allSatisfy(it -> assertThat(it).isEqualTo(answer));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void logits_areThoseOfTheProgram(TinyFamily family) {
    assertDiffersByAtMost(3e-5f, program(family), ofVectors(family));
  }

  /** The program rounds weights to half precision, vectors round keys and values to bfloat16. */
  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void logits_areNearThoseOfTheProgramInBfloat16(TinyFamily family) {
    Path path = folder.resolve(family.name());
    LanguageModel model =
        MODELS.load(path, Precision.BF16, Quantization.NONE, Kernel.VECTOR, FEW_ROWS);
    assertThat(model.kernel()).endsWith("vectors of bfloat16 for every step");
    assertDiffersByAtMost(
        0.1f, MODELS.load(path, Precision.BF16, Quantization.NONE, Kernel.PLAIN, 0), model);
  }

  private static List<int[]> answersOfProgram(TinyFamily family) {
    return ANSWERS.computeIfAbsent(family, it -> new DecoderTrial(program(it)).growing().answers());
  }

  private static DecoderTrial trial(TinyFamily family) {
    return new DecoderTrial(ofVectors(family));
  }

  private static LanguageModel ofVectors(TinyFamily family) {
    return OF_VECTORS.computeIfAbsent(family, it -> load(it, FEW_ROWS));
  }

  private static LanguageModel load(TinyFamily family, int fewRows) {
    Path path = folder.resolve(family.name());
    return MODELS.load(path, Precision.FP32, Quantization.NONE, Kernel.VECTOR, fewRows);
  }

  private static LanguageModel program(TinyFamily family) {
    return MODELS.load(folder.resolve(family.name()), Precision.FP32, Quantization.NONE, null, 0);
  }
}
