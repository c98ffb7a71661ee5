package io.millrace.engine.load;

import ai.djl.Device;
import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.CudaSupport;
import io.millrace.engine.decoder.gemm.Gemm;
import io.millrace.engine.decoder.torch.LibtorchGemm;
import io.millrace.engine.decoder.torch.TorchEngine;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.simd.Lanes;
import org.jspecify.annotations.Nullable;

/**
 * The machine that a plan is made for: what device and process offer.
 *
 * @param gpu whether the device is one
 * @param gemm multiplication of bfloat16 matrices on this CPU; null if there is none
 * @param lanes floats of one vector of Java's; 0 without the module for vectors, and on CPUs whose
 *     vectors are not worth it
 * @param freeBytes memory that the device has left
 * @param freeHostBytes memory that the machine has left for this process
 * @param freeHeapBytes memory that Java's heap has left
 * @param cuda the GPU for kernels of our own; null if these were not asked for
 */
record Machine(
    boolean gpu,
    @Nullable Gemm gemm,
    int lanes,
    long freeBytes,
    long freeHostBytes,
    long freeHeapBytes,
    @Nullable CudaSupport cuda) {

  /**
   * The machine of this process, as it is now.
   *
   * @param device of libtorch
   * @param cuda the GPU for kernels of our own; null if these were not asked for
   */
  static Machine of(Device device, @Nullable CudaSupport cuda) {
    Runtime runtime = Runtime.getRuntime();
    CudaDevice own = cuda == null ? null : cuda.device();
    boolean gpu = TorchEngine.isLikeCuda(device) || own != null;
    return new Machine(
        gpu,
        gpu ? null : LibtorchGemm.find().orElse(null),
        WeightFormat.areAvailable() ? Lanes.COUNT : 0,
        own == null ? FreeMemory.of(device) : own.freeBytes(),
        FreeMemory.of(Device.cpu()),
        runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory(),
        cuda);
  }
}
