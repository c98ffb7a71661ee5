package io.millrace.engine.model;

import java.util.Locale;

/** A kernel that multiplies weights on a CPU, as {@code --kernel} names it. */
public enum Kernel {
  /** {@code aten::linear} in the weight's own type; the only one for CUDA and for other CPUs. */
  PLAIN,
  /** oneDNN, float32, weights packed once. */
  ONEDNN_FP32,
  /** oneDNN, bfloat16, weights packed once; activations are rounded to bfloat16. */
  ONEDNN_BF16,
  /** FBGEMM, weights in float16, activations in float32. */
  FBGEMM_FP16,
  /** oneDNN's batch-reduce GEMM in bfloat16, called panel by panel from Java. */
  BRGEMM_BF16,
  /** Vectors in Java for every step; sums and activations in float32. */
  VECTOR;

  /** Its name in settings and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
