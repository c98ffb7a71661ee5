package io.millrace.worker.model;

import io.millrace.worker.gemm.Gemm;
import io.millrace.worker.vector.Format;
import org.jspecify.annotations.Nullable;

/** Whether steps are computed with {@link LibtorchGemm}. */
final class GemmChoice {
  private GemmChoice() {}

  /**
   * The function to call; null for leaving steps to the program.
   *
   * @param kernel null for the fastest
   * @throws UnsupportedModel if it is asked for and cannot be
   */
  static @Nullable Gemm of(
      ModelSpec spec,
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      int blockSize) {
    boolean fits = Format.areAvailable() && GemmWeights.takes(spec, blockSize);
    if (kernel == Kernel.BRGEMM_BF16) {
      return LibtorchGemm.find()
          .filter(gemm -> fits)
          .orElseThrow(
              () ->
                  new UnsupportedModel(
                      "kernel %s needs a CPU with AVX512-BF16, blocks of 32 tokens or more, and an even width of heads"
                          .formatted(kernel.label())));
    }
    boolean precise =
        quantization == Quantization.INT8
            || (quantization == Quantization.NONE && precision == Precision.BF16);
    return kernel == null && precise && fits ? LibtorchGemm.find().orElse(null) : null;
  }
}
