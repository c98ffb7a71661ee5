package io.millrace.engine.load;

import static io.millrace.engine.load.DecoderTrial.assertDiffersByAtMost;
import static io.millrace.engine.load.DecoderTrial.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.testing.TinyFamily;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is computed on a GPU, computed on a CPU: the same branches of the program, and kernels. */
final class LikeCudaTest {
  private static final int BLOCK_SIZE = 8;
  private static final String PROPERTY = "millrace.like-cuda";

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(TinyFamily.class)
  void float32_answersAsOnACpu(TinyFamily family) throws Exception {
    family.writeTo(folder);
    try (TrialModels models = new TrialModels(BLOCK_SIZE)) {
      LanguageModel cuda = likeCuda(models, Precision.FP32);
      LanguageModel cpu = onCpu(models);

      assertThat(cuda.kernel()).isEqualTo("plain");
      assertSame(
          new DecoderTrial(cuda).growing().answers(), new DecoderTrial(cpu).growing().answers());
      assertDiffersByAtMost(1e-4f, cpu, cuda);
    }
  }

  @Test
  void float32_answersAsOnACpu_inAnyCompany() throws Exception {
    TinyFamily.LLAMA.writeTo(folder);
    try (TrialModels models = new TrialModels(BLOCK_SIZE)) {
      DecoderTrial trial = new DecoderTrial(likeCuda(models, Precision.FP32));
      List<int[]> expected = new DecoderTrial(onCpu(models)).growing().answers();

      assertSame(trial.alone(), expected);
      assertSame(trial.inChunks(7), expected);
      assertSame(trial.withPreemption(), expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"BF16, 0.1", "FP16, 0.02"})
  void halfPrecision_isNearFloat32(Precision precision, float limit) throws Exception {
    TinyFamily.QWEN2.writeTo(folder);
    try (TrialModels models = new TrialModels(BLOCK_SIZE)) {
      LanguageModel half = likeCuda(models, precision);

      assertThat(half.kernel()).isEqualTo("plain-" + precision.name().toLowerCase(Locale.ROOT));
      assertDiffersByAtMost(limit, onCpu(models), half);
      assertThat(new DecoderTrial(half).growing().answers()).hasSize(DecoderTrial.SEQUENCES);
    }
  }

  private LanguageModel likeCuda(TrialModels models, Precision precision) {
    System.setProperty(PROPERTY, "true");
    try {
      return models.load(folder, precision, Quantization.NONE, null, 0);
    } finally {
      System.clearProperty(PROPERTY);
    }
  }

  private LanguageModel onCpu(TrialModels models) {
    return models.load(folder, Precision.FP32, Quantization.NONE, Kernel.PLAIN, 0);
  }
}
