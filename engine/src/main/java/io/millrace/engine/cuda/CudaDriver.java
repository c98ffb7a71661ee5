package io.millrace.engine.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** The functions of NVIDIA's driver, {@code libcuda.so.1}, as its C interface has them. */
final class CudaDriver {
  static final int OUT_OF_MEMORY = 2;

  static final int MULTIPROCESSORS = 16;
  static final int MAJOR = 75;
  static final int MINOR = 76;
  static final int SHARED_BYTES_OF_A_BLOCK = 97;

  /** Of a function: the dynamic shared memory that it may be given. */
  static final int MOST_SHARED_BYTES = 8;

  static final int STREAM_NON_BLOCKING = 1;
  static final int CAPTURE_THREAD_LOCAL = 1;

  private static final String LIBRARY = "libcuda.so.1";

  private CudaDriver() {}

  /** The linked library, looked for once. */
  private static final class Linked {
    private static final String OBSTACLE = link();
  }

  /** Why there is no driver; empty if there is one. */
  static String obstacle() {
    return Linked.OBSTACLE;
  }

  private static String link() {
    try {
      Native.register(CudaDriver.class, NativeLibrary.getInstance(LIBRARY));
      int result = cuInit(0);
      return result == 0 ? "" : "the NVIDIA driver cannot be used: " + error(result);
    } catch (LinkageError e) {
      return "there is no NVIDIA driver (%s)".formatted(LIBRARY);
    }
  }

  /** What an error is called, and what it says. */
  static String error(int result) {
    return "%s (%d)".formatted(text(result), result);
  }

  private static String text(int result) {
    try (Memory told = new Memory(Native.POINTER_SIZE)) {
      if (cuGetErrorName(result, told) != 0) {
        return "unknown error";
      }
      String name = told.getPointer(0).getString(0);
      return cuGetErrorString(result, told) == 0
          ? name + ", " + told.getPointer(0).getString(0)
          : name;
    }
  }

  static native int cuInit(int flags);

  static native int cuGetErrorName(int error, Pointer name);

  static native int cuGetErrorString(int error, Pointer text);

  static native int cuDriverGetVersion(Pointer version);

  static native int cuDeviceGetCount(Pointer count);

  static native int cuDeviceGet(Pointer device, int ordinal);

  static native int cuDeviceGetName(Pointer name, int length, int device);

  static native int cuDeviceGetAttribute(Pointer value, int attribute, int device);

  static native int cuDevicePrimaryCtxRetain(Pointer context, int device);

  static native int cuDevicePrimaryCtxRelease_v2(int device);

  static native int cuCtxSetCurrent(long context);

  static native int cuMemGetInfo_v2(Pointer free, Pointer total);

  static native int cuMemAlloc_v2(Pointer address, long bytes);

  static native int cuMemFree_v2(long address);

  static native int cuMemsetD8Async(long address, byte value, long count, long stream);

  static native int cuMemHostAlloc(Pointer address, long bytes, int flags);

  static native int cuMemFreeHost(Pointer address);

  static native int cuMemcpyHtoDAsync_v2(long target, Pointer source, long bytes, long stream);

  static native int cuMemcpyDtoHAsync_v2(Pointer target, long source, long bytes, long stream);

  static native int cuStreamCreate(Pointer stream, int flags);

  static native int cuStreamSynchronize(long stream);

  static native int cuStreamDestroy_v2(long stream);

  static native int cuStreamBeginCapture_v2(long stream, int mode);

  static native int cuStreamEndCapture(long stream, Pointer graph);

  static native int cuGraphInstantiateWithFlags(Pointer executable, long graph, long flags);

  static native int cuGraphLaunch(long executable, long stream);

  static native int cuGraphExecDestroy(long executable);

  static native int cuGraphDestroy(long graph);

  static native int cuModuleLoadData(Pointer module, Pointer image);

  static native int cuModuleGetFunction(Pointer function, long module, String name);

  static native int cuModuleUnload(long module);

  static native int cuFuncSetAttribute(long function, int attribute, int value);

  static native int cuLaunchKernel(
      long function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      long stream,
      Pointer parameters,
      Pointer extra);
}
