package io.millrace.engine.load;

import io.millrace.engine.cuda.CudaSupport;
import io.millrace.engine.decoder.cuda.CudaChoice;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Quantization;
import org.jspecify.annotations.Nullable;

/**
 * The selection of the GPU for kernels of our own; it is looked for only where they can be used.
 */
final class CudaSelection {
  private CudaSelection() {}

  /**
   * The GPU, or why there is none.
   *
   * @return null if kernels of our own were not asked for
   */
  static @Nullable CudaSupport of(ModelSettings settings, ModelSpec spec, CudaSupport.Finder gpus) {
    if (!settings.cudaKernels()) {
      return null;
    }
    String obstacle = obstacle(settings, spec);
    return obstacle == null ? gpus.find(index(settings.device())) : CudaSupport.none(obstacle);
  }

  private static @Nullable String obstacle(ModelSettings settings, ModelSpec spec) {
    if (settings.batchInvariant()) {
      return "--batch-invariant needs a CPU";
    }
    if (settings.quantization() != Quantization.NONE) {
      return "--quantize needs a CPU";
    }
    if (settings.kernel() != null) {
      return "--kernel names one for a CPU";
    }
    return CudaChoice.obstacle(spec);
  }

  private static int index(String device) {
    int colon = device.indexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(device.substring(colon + 1));
  }
}
