package io.millrace.engine.load;

import static io.millrace.engine.load.DecoderTrial.FORKED;
import static io.millrace.engine.load.DecoderTrial.SEQUENCES;
import static io.millrace.engine.load.DecoderTrial.assertDiffersByAtMost;
import static io.millrace.engine.load.DecoderTrial.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.vector.TransposedCache;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.sampling.Sampling;
import io.millrace.protocol.SamplingParams;
import io.millrace.testing.TinyCheckpoint;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who computes a step, the program or vectors, makes no difference to any answer in float32. */
final class VectorDecodingTest {
  /** Of all tokens, at temperature 1. */
  private static final Sampling DRAWN = Sampling.of(SamplingParams.NONE, 5);

  /** Less than all sequences, so that some steps are the program's. */
  private static final int MAX_ROWS = 16;

  /** Models are the same for all tests, so that blocks hold what other tests left behind. */
  private static final TrialModels MODELS = new TrialModels(32);

  private static final Map<TinyFamily, LanguageModel> OF_VECTORS = new EnumMap<>(TinyFamily.class);
  private static final Map<TinyFamily, LanguageModel> PROGRAMS = new EnumMap<>(TinyFamily.class);

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
  void step_givesTheProgramsTokensAlone() throws IOException {
    assertSame(trial(TinyFamily.LLAMA).alone(), answersOfProgram(TinyFamily.LLAMA));
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheProgramsTokensInBatchesThatGrowAndShrink(TinyFamily family) throws IOException {
    ModelRun run = trial(family).growing();
    assertThat(run.rows()).contains(1, 2, 4, 5, 8, 9, 16, 17, SEQUENCES);
    assertSame(run.answers(), answersOfProgram(family));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void step_givesTheProgramsTokensWithFewerRows(int maxRows) throws IOException {
    assertSame(
        new DecoderTrial(load(TinyFamily.LLAMA, maxRows)).growing().answers(),
        answersOfProgram(TinyFamily.LLAMA));
  }

  /** A prompt's chunk of one token is a step of vectors, with or without a token after it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16})
  void step_givesTheProgramsTokensInChunksOfAnySize(int chunk) throws IOException {
    assertSame(trial(TinyFamily.LLAMA).inChunks(chunk), answersOfProgram(TinyFamily.LLAMA));
  }

  @Test
  void step_givesTheProgramsTokensAfterPreemption() throws IOException {
    assertSame(trial(TinyFamily.LLAMA).withPreemption(), answersOfProgram(TinyFamily.LLAMA));
  }

  @Test
  void step_givesTheProgramsTokensAfterACachedPrefix() throws IOException {
    List<int[]> answers = answersOfProgram(TinyFamily.LLAMA);
    assertThat(trial(TinyFamily.LLAMA).beforeAndAfterCachedPrefixes())
        .allSatisfy(it -> assertSame(it, answers));
  }

  @Test
  void step_givesForksTheirParentsTokens() throws IOException {
    int[] answer = answersOfProgram(TinyFamily.LLAMA).get(FORKED);
    assertThat(trial(TinyFamily.LLAMA).forks()).allSatisfy(it -> assertThat(it).isEqualTo(answer));
  }

  @Test
  void step_drawsTheSameTokensAloneAndInAnyBatch() throws IOException {
    DecoderTrial trial = new DecoderTrial(ofVectors(TinyFamily.LLAMA), DRAWN);
    List<int[]> together = trial.growing().answers();
    assertThat(together.get(FORKED)).isNotEqualTo(answersOfProgram(TinyFamily.LLAMA).get(FORKED));
    assertSame(trial.alone(), together);
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void logits_areThoseOfTheProgram(TinyFamily family) throws IOException {
    assertDiffersByAtMost(3e-5f, program(family), ofVectors(family));
  }

  /** The program rounds weights to half precision here, or inputs to bfloat16. */
  @ParameterizedTest
  @CsvSource({"BF16, NONE", "FP32, INT8", "BF16, INT8"})
  void logits_areNearThoseOfAProgramThatRoundsOtherwise(
      Precision precision, Quantization quantization) throws IOException {
    Path llama = folder.resolve(TinyFamily.LLAMA.name());
    assertDiffersByAtMost(
        0.1f,
        MODELS.load(llama, precision, quantization, null, 0),
        MODELS.load(llama, precision, quantization, null, MAX_ROWS));
  }

  /**
   * With heads whose values are kept in bfloat16, and with ones that are not wide enough for it.
   */
  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void logits_areNearThoseOfAProgramThatComputesInBfloat16(int headDim) throws IOException {
    assertThat(TransposedCache.canBeNarrow(headDim)).isEqualTo(headDim == 32);
    Path path = folder.resolve("heads-of-" + headDim);
    TinyCheckpoint.llama().withWidth(4 * headDim, 4, 2, 128).writeTo(path);
    assertDiffersByAtMost(
        0.1f,
        MODELS.load(path, Precision.BF16, Quantization.NONE, Kernel.ONEDNN_BF16, 0),
        MODELS.load(path, Precision.BF16, Quantization.NONE, Kernel.ONEDNN_BF16, MAX_ROWS));
  }

  private static List<int[]> answersOfProgram(TinyFamily family) {
    return ANSWERS.computeIfAbsent(family, it -> new DecoderTrial(program(it)).growing().answers());
  }

  private static DecoderTrial trial(TinyFamily family) {
    return new DecoderTrial(ofVectors(family));
  }

  private static LanguageModel ofVectors(TinyFamily family) {
    return OF_VECTORS.computeIfAbsent(family, it -> load(it, MAX_ROWS));
  }

  private static LanguageModel program(TinyFamily family) {
    return PROGRAMS.computeIfAbsent(family, it -> load(it, 0));
  }

  private static LanguageModel load(TinyFamily family, int maxRows) {
    Path path = folder.resolve(family.name());
    return MODELS.load(path, Precision.FP32, Quantization.NONE, null, maxRows);
  }
}
