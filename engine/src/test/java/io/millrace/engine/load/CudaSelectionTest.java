package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.cuda.CudaSupport;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.testing.TinyCheckpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CudaSelectionTest {
  private static final ModelSpec SPEC = ModelSpec.of(TinyCheckpoint.llama().config());

  @ParameterizedTest
  @CsvSource({"auto, 0", "cuda, 0", "cuda:0, 0", "cuda:3, 3"})
  void gpu_isTheOneThatIsNamed(String device, int index) {
    assertThat(obstacle(SPEC, device, Quantization.NONE, null, false)).isEqualTo("asked " + index);
  }

  @Test
  void gpu_isNotLookedForUnlessItIsWanted() {
    ModelSettings settings = settings("auto", false, Quantization.NONE, null, false);
    assertThat(CudaSelection.of(settings, SPEC, CudaSelectionTest::told)).isNull();
  }

  @Test
  void gpu_isNotLookedForWhereItIsOfNoUse() {
    assertThat(obstacle(SPEC, "auto", Quantization.INT8, null, false))
        .isEqualTo("--quantize needs a CPU");
    assertThat(obstacle(SPEC, "auto", Quantization.NONE, Kernel.PLAIN, false))
        .isEqualTo("--kernel names one for a CPU");
    assertThat(obstacle(SPEC, "auto", Quantization.NONE, null, true))
        .isEqualTo("--batch-invariant needs a CPU");
    ModelSpec wide = ModelSpec.of(TinyCheckpoint.llama().config().put("head_dim", 258));
    assertThat(obstacle(wide, "auto", Quantization.NONE, null, false))
        .isEqualTo("they take heads up to 256 wide, but these are 258");
  }

  private static CudaSupport told(int index) {
    return CudaSupport.none("asked " + index);
  }

  private static String obstacle(
      ModelSpec spec,
      String device,
      Quantization quantization,
      @Nullable Kernel kernel,
      boolean batchInvariant) {
    ModelSettings settings = settings(device, true, quantization, kernel, batchInvariant);
    return CudaSelection.of(settings, spec, CudaSelectionTest::told).obstacle();
  }

  private static ModelSettings settings(
      String device,
      boolean cudaKernels,
      Quantization quantization,
      @Nullable Kernel kernel,
      boolean batchInvariant) {
    return new ModelSettings(
        Precision.FP32,
        quantization,
        device,
        cudaKernels,
        kernel,
        null,
        batchInvariant,
        1,
        null,
        4,
        null,
        null,
        null);
  }
}
