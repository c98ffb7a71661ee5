package io.millrace.engine.cuda;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether kernels of our own can run: a GPU that they run on, or why there is none.
 *
 * @param device null if there is none
 * @param obstacle empty if there is a device
 */
public record CudaSupport(@Nullable CudaDevice device, String obstacle) {

  /** A finder of GPUs, by their numbers. */
  @FunctionalInterface
  public interface Finder {
    /** The GPU of a number, opened for the calling thread. */
    CudaSupport find(int index);
  }

  /** No support. */
  public static CudaSupport none(String obstacle) {
    return new CudaSupport(null, obstacle);
  }

  /** Opens an NVIDIA GPU, if driver, compiler and library of matrices are all there. */
  public static CudaSupport ofNvidia(int index) {
    return ofNvidia(index, System::getenv);
  }

  static CudaSupport ofNvidia(int index, UnaryOperator<@Nullable String> variables) {
    if (!CudaDriver.obstacle().isEmpty()) {
      return none(CudaDriver.obstacle());
    }
    try {
      CudaDevice device =
          NvidiaDevice.open(index, CudaLibraries.of(variables), KernelCache.of(variables));
      return new CudaSupport(device, "");
    } catch (CudaException e) {
      return none(String.valueOf(e.getMessage()));
    }
  }
}
