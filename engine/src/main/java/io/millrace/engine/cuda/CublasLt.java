package io.millrace.engine.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.HashMap;
import java.util.Map;

/**
 * Multiplication by NVIDIA's library, cuBLASLt. It counts columns first, and so is told that y^T =
 * w x^T: what lies row by row there is transposed here, which costs nothing.
 */
final class CublasLt implements AutoCloseable {
  private static final long WORKSPACE = 32 << 20;

  private static final int COMPUTE_FLOAT32 = 68;
  private static final int FLOAT32 = 0;
  private static final int FLOAT16 = 2;
  private static final int BFLOAT16 = 14;
  private static final int TRANSPOSE_A = 3;
  private static final int TRANSPOSED = 1;
  private static final int MOST_WORKSPACE = 1;

  /** Bytes of the library's answer to which algorithm it proposes, which begins with it. */
  private static final int PROPOSAL_BYTES = 96;

  private static boolean linked;

  private final long stream;
  private final long handle;
  private final long workspace;
  private final long preference;
  private final Memory out = new Memory(Long.BYTES);
  private final Memory value = new Memory(Long.BYTES);
  private final Memory zero = new Memory(Float.BYTES);
  private final Memory one = new Memory(Float.BYTES);
  private final Map<Product, Plan> plans = new HashMap<>();

  /**
   * How a product is computed.
   *
   * @param algorithm what the library proposed
   */
  private record Plan(long description, long w, long x, long y, Memory algorithm, boolean add) {}

  private CublasLt(CudaDevice device, long stream) {
    this.stream = stream;
    zero.setFloat(0, 0);
    one.setFloat(0, 1);
    check(cublasLtCreate(out), "a beginning");
    this.handle = out.getLong(0);
    this.workspace = device.allocate(WORKSPACE);
    check(cublasLtMatmulPreferenceCreate(out), "a preference");
    this.preference = out.getLong(0);
    value.setLong(0, WORKSPACE);
    check(
        cublasLtMatmulPreferenceSetAttribute(preference, MOST_WORKSPACE, value, Long.BYTES),
        "a preference");
  }

  /**
   * The library in these folders, on a stream of a device.
   *
   * @throws CudaException if there is none
   */
  static CublasLt open(CudaLibraries libraries, CudaDevice device, long stream) {
    link(libraries);
    return new CublasLt(device, stream);
  }

  /**
   * Loads the library, once.
   *
   * @throws CudaException if there is none
   */
  static synchronized void link(CudaLibraries libraries) {
    if (!linked) {
      Native.register(CublasLt.class, libraries.open("cublasLt"));
      linked = true;
    }
  }

  void multiply(Product product, long x, long w, long y) {
    Plan plan = plans.computeIfAbsent(product, this::plan);
    check(
        cublasLtMatmul(
            handle,
            plan.description,
            one,
            w,
            plan.w,
            x,
            plan.x,
            plan.add ? one : zero,
            y,
            plan.y,
            y,
            plan.y,
            plan.algorithm,
            workspace,
            WORKSPACE,
            stream),
        product.toString());
  }

  @Override
  public void close() {
    for (Plan plan : plans.values()) {
      cublasLtMatmulDescDestroy(plan.description);
      cublasLtMatrixLayoutDestroy(plan.w);
      cublasLtMatrixLayoutDestroy(plan.x);
      cublasLtMatrixLayoutDestroy(plan.y);
    }
    cublasLtMatmulPreferenceDestroy(preference);
    cublasLtDestroy(handle);
  }

  private Plan plan(Product product) {
    check(cublasLtMatmulDescCreate(out, COMPUTE_FLOAT32, FLOAT32), "a description");
    long description = out.getLong(0);
    value.setInt(0, TRANSPOSED);
    check(
        cublasLtMatmulDescSetAttribute(description, TRANSPOSE_A, value, Integer.BYTES),
        "a description");
    int type =
        switch (product.type()) {
          case FLOAT32 -> FLOAT32;
          case BFLOAT16 -> BFLOAT16;
          case FLOAT16 -> FLOAT16;
        };
    long w = layout(type, product.inputs(), product.outputs(), product.wStride());
    long x = layout(type, product.inputs(), product.rows(), product.xStride());
    long y = layout(FLOAT32, product.outputs(), product.rows(), product.yStride());
    Memory proposal = new Memory(PROPOSAL_BYTES);
    check(
        cublasLtMatmulAlgoGetHeuristic(
            handle, description, w, x, y, y, preference, 1, proposal, out),
        product.toString());
    if (out.getInt(0) == 0) {
      throw new CudaException("cuBLASLt cannot compute " + product);
    }
    return new Plan(description, w, x, y, proposal, product.add());
  }

  private long layout(int type, long rows, long columns, long stride) {
    check(cublasLtMatrixLayoutCreate(out, type, rows, columns, stride), "a layout");
    return out.getLong(0);
  }

  private void check(int result, String what) {
    if (result != 0) {
      throw new CudaException(
          "CUDA error: cuBLASLt failed at %s: status %d".formatted(what, result));
    }
  }

  private static native int cublasLtCreate(Pointer handle);

  private static native int cublasLtDestroy(long handle);

  private static native int cublasLtMatmulDescCreate(Pointer description, int compute, int scale);

  private static native int cublasLtMatmulDescDestroy(long description);

  private static native int cublasLtMatmulDescSetAttribute(
      long description, int attribute, Pointer value, long bytes);

  private static native int cublasLtMatrixLayoutCreate(
      Pointer layout, int type, long rows, long columns, long stride);

  private static native int cublasLtMatrixLayoutDestroy(long layout);

  private static native int cublasLtMatmulPreferenceCreate(Pointer preference);

  private static native int cublasLtMatmulPreferenceDestroy(long preference);

  private static native int cublasLtMatmulPreferenceSetAttribute(
      long preference, int attribute, Pointer value, long bytes);

  private static native int cublasLtMatmulAlgoGetHeuristic(
      long handle,
      long description,
      long a,
      long b,
      long c,
      long d,
      long preference,
      int wanted,
      Pointer proposals,
      Pointer count);

  private static native int cublasLtMatmul(
      long handle,
      long description,
      Pointer alpha,
      long a,
      long layoutA,
      long b,
      long layoutB,
      Pointer beta,
      long c,
      long layoutC,
      long d,
      long layoutD,
      Pointer algorithm,
      long workspace,
      long workspaceBytes,
      long stream);
}
