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
import java.util.List;
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
  /** Of all tokens, at temperature 1. */
  private static final Sampling DRAWN = Sampling.of(SamplingParams.NONE, 5);

  /** Less than all sequences, so that some steps are the program's. */
  private static final int MAX_ROWS = 16;

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
  @EnumSource(TinyFamily.class)
  void step_givesTheProgramsTokensAlone(TinyFamily family) throws IOException {
    family.writeTo(folder);
    assertSame(new DecoderTrial(load(MAX_ROWS)).alone(), programsAnswers());
  }

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void step_givesTheProgramsTokensInBatchesThatGrowAndShrink(TinyFamily family) throws IOException {
    family.writeTo(folder);
    ModelRun run = new DecoderTrial(load(MAX_ROWS)).growing();
    assertThat(run.rows()).contains(1, 2, 4, 5, 8, 9, 16, 17, SEQUENCES);
    assertSame(run.answers(), programsAnswers());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void step_givesTheProgramsTokensWithFewerRows(int maxRows) throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    assertSame(new DecoderTrial(load(maxRows)).growing().answers(), programsAnswers());
  }

  /** A prompt's chunk of one token is a step of vectors, with or without a token after it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16})
  void step_givesTheProgramsTokensInChunksOfAnySize(int chunk) throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    assertSame(new DecoderTrial(load(MAX_ROWS)).inChunks(chunk), programsAnswers());
  }

  @Test
  void step_givesTheProgramsTokensAfterPreemption() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    assertSame(new DecoderTrial(load(MAX_ROWS)).withPreemption(), programsAnswers());
  }

  @Test
  void step_givesTheProgramsTokensAfterACachedPrefix() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    List<int[]> answers = programsAnswers();
    assertThat(new DecoderTrial(load(MAX_ROWS)).beforeAndAfterCachedPrefixes())
        .allSatisfy(it -> assertSame(it, answers));
  }

  @Test
  void step_givesForksTheirParentsTokens() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    int[] answer = programsAnswers().get(FORKED);
    assertThat(new DecoderTrial(load(MAX_ROWS)).forks())
        .allSatisfy(it -> assertThat(it).isEqualTo(answer));
  }

  @Test
  void step_drawsTheSameTokensAloneAndInAnyBatch() throws IOException {
    TinyFamily.LLAMA.writeTo(folder);
    DecoderTrial trial = new DecoderTrial(load(MAX_ROWS), DRAWN);
    List<int[]> together = trial.growing().answers();
    assertThat(together.get(FORKED)).isNotEqualTo(programsAnswers().get(FORKED));
    assertSame(trial.alone(), together);
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
        models.load(folder, precision, quantization, null, 0),
        models.load(folder, precision, quantization, null, MAX_ROWS));
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
        models.load(folder, Precision.BF16, Quantization.NONE, Kernel.ONEDNN_BF16, 0),
        models.load(folder, Precision.BF16, Quantization.NONE, Kernel.ONEDNN_BF16, MAX_ROWS));
  }

  private List<int[]> programsAnswers() {
    return new DecoderTrial(load(0)).alone();
  }

  private LanguageModel load(int maxRows) {
    return models.load(folder, Precision.FP32, Quantization.NONE, null, maxRows);
  }
}
