package io.millrace.engine.model;

import java.util.Locale;

/**
 * How a model multiplies by a weight. Which is fastest depends on the CPU: oneDNN's bf16 needs
 * AVX-512, FBGEMM's fp16 runs everywhere on x86-64, and plain ATen runs on any device.
 */
public enum Kernel {
  /** {@code aten::linear} in the weight's own type; the only one for CUDA and for other CPUs. */
  PLAIN(0, 6),
  /** oneDNN, float32, weights packed once. */
  ONEDNN_FP32(1, 6),
  /** oneDNN, bfloat16, weights packed once; activations are rounded to bfloat16. */
  ONEDNN_BF16(2, 15),
  /** FBGEMM, weights in float16, activations in float32. */
  FBGEMM_FP16(3, 6),
  /** {@code aten::_weight_int8pack_mm}: int8 weights with a scale a row, bfloat16 activations. */
  INT8(4, 6),
  /**
   * {@code aten::_weight_int4pack_mm_for_cpu}: int4 weights with scale and offset for every 32 of a
   * row, bfloat16 activations.
   */
  INT4(5, 6),
  /**
   * oneDNN's bfloat16 for single matrices, which Java calls: {@link LibtorchGemm}. The program has
   * no part in it.
   */
  BRGEMM_BF16(-1, 15);

  /** What a quantised kernel needs of a weight's rows, or it would read past their ends. */
  private static final int QUANTIZED_IN_MULTIPLE = 32;

  private static final int QUANTIZED_OUT_MULTIPLE = 16;

  private final int code;
  private final int scalarType;

  Kernel(int code, int scalarType) {
    this.code = code;
    this.scalarType = scalarType;
  }

  /** Whether its results are bfloat16, and fast to compute with. */
  boolean computesInBfloat16() {
    return this == ONEDNN_BF16;
  }

  /** Whether it is oneDNN's, which can apply a gate while it multiplies, its matrix apart. */
  boolean isOnednn() {
    return this == ONEDNN_FP32 || this == ONEDNN_BF16;
  }

  /** Whether the program has it. */
  boolean isPrograms() {
    return code >= 0;
  }

  /** Its number in the program for a gate and what it gates, if it {@link #isOnednn}. */
  int gatedCode() {
    return this == ONEDNN_FP32 ? 6 : 7;
  }

  /** Its number in the program. */
  int code() {
    return code;
  }

  /** The c10::ScalarType that a weight is turned into before it is packed. */
  int scalarType() {
    return scalarType;
  }

  /** Whether it keeps weights as small whole numbers with scales. */
  public boolean quantized() {
    return this == INT8 || this == INT4;
  }

  /**
   * Whether factors of a weight's columns are multiplied into it. Where it has few bits they are
   * not: bfloat16 weights stay as they were published, and a row's scale serves columns alike.
   */
  boolean folds() {
    return this != ONEDNN_BF16 && !quantized();
  }

  /**
   * The kernel for the output head, where errors are not averaged out by what follows: rounding
   * logits to bfloat16 alone moves the distribution more than all of its other roundings, and so do
   * 4 bits.
   */
  Kernel head() {
    return switch (this) {
      case ONEDNN_BF16 -> FBGEMM_FP16;
      case INT4 -> INT8;
      default -> this;
    };
  }

  /** Whether it can multiply by a weight of this shape. */
  boolean takes(long out, long in) {
    return !quantized() || (in % QUANTIZED_IN_MULTIPLE == 0 && out % QUANTIZED_OUT_MULTIPLE == 0);
  }

  /** Its name in settings and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
