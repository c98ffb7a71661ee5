package io.millrace.engine.model;

import io.millrace.engine.gemm.Gemm;
import io.millrace.engine.gemm.PairedCache;
import io.millrace.engine.vector.Format;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether steps are computed with {@link LibtorchGemm}. */
final class GemmChoice {
  private static final Logger log = LoggerFactory.getLogger(GemmChoice.class);

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
    boolean precise =
        quantization == Quantization.INT8
            || (quantization == Quantization.NONE && precision == Precision.BF16);
    if (kernel == null ? !precise : kernel != Kernel.BRGEMM_BF16) {
      return null;
    }
    String obstacle = obstacle(spec, blockSize);
    if (obstacle == null) {
      return LibtorchGemm.find().orElseThrow();
    }
    if (kernel != null) {
      throw new UnsupportedModel("kernel %s %s".formatted(kernel.label(), obstacle));
    }
    log.debug("no kernel {}: it {}", Kernel.BRGEMM_BF16.label(), obstacle);
    return null;
  }

  private static @Nullable String obstacle(ModelSpec spec, int blockSize) {
    if (LibtorchGemm.find().isEmpty()) {
      return "needs Linux and a CPU with AVX512-BF16";
    }
    if (!Format.areAvailable()) {
      return "needs Java to be started with --add-modules=jdk.incubator.vector";
    }
    if (!PairedCache.takes(blockSize)) {
      return "needs a --block-size of 32 or more, but it is " + blockSize;
    }
    return GemmWeights.takes(spec)
        ? null
        : "needs heads of an even width, which is %d, and matrices of less than 2 GiB"
            .formatted(spec.headDim());
  }
}
