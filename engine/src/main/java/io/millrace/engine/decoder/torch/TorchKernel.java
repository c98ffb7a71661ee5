package io.millrace.engine.decoder.torch;

import io.millrace.engine.model.Kernel;
import java.util.Locale;

/**
 * A kernel of the program, by which it multiplies by a weight. Which is fastest depends on the CPU:
 * oneDNN's bf16 needs AVX-512, FBGEMM's fp16 runs everywhere on x86-64, and plain ATen runs on any
 * device.
 */
public enum TorchKernel {
  /** {@code aten::linear} in float32, on any device. */
  PLAIN,
  /** {@code aten::linear} in bfloat16, for CUDA; activations are rounded to bfloat16. */
  PLAIN_BF16,
  /** {@code aten::linear} in float16, for CUDA; activations are rounded to float16. */
  PLAIN_FP16,
  /** oneDNN, float32, weights packed once. */
  ONEDNN_FP32,
  /** oneDNN, bfloat16, weights packed once; activations are rounded to bfloat16. */
  ONEDNN_BF16,
  /** FBGEMM, weights in float16, activations in float32. */
  FBGEMM_FP16,
  /** {@code aten::_weight_int8pack_mm}: int8 weights with a scale a row, bfloat16 activations. */
  INT8,
  /**
   * {@code aten::_weight_int4pack_mm_for_cpu}: int4 weights with scale and offset for every 32 of a
   * row, bfloat16 activations.
   */
  INT4;

  /** The divisor that a quantised kernel needs of a row's length, or it would read past its end. */
  private static final int QUANTIZED_IN_MULTIPLE = 32;

  private static final int QUANTIZED_OUT_MULTIPLE = 16;

  /**
   * The program's kernel for a value of {@code --kernel}.
   *
   * @throws IllegalArgumentException if the program has none
   */
  public static TorchKernel of(Kernel kernel) {
    return valueOf(kernel.name());
  }

  /** Whether its results are bfloat16, and fast to compute with. */
  public boolean computesInBfloat16() {
    return this == ONEDNN_BF16 || this == PLAIN_BF16;
  }

  /** Whether it is oneDNN's, which can apply a gate while it multiplies, its matrix apart. */
  boolean isOnednn() {
    return this == ONEDNN_FP32 || this == ONEDNN_BF16;
  }

  /** The type that a weight is turned into before it is packed. */
  ScalarType scalarType() {
    return switch (this) {
      case ONEDNN_BF16, PLAIN_BF16 -> ScalarType.BFLOAT16;
      case PLAIN_FP16 -> ScalarType.FLOAT16;
      default -> ScalarType.FLOAT32;
    };
  }

  /** Whether it keeps weights as small integers with scales. */
  public boolean quantized() {
    return this == INT8 || this == INT4;
  }

  /**
   * Whether factors of a weight's columns are multiplied into it. Where it has few bits they are
   * not: bfloat16 weights stay as they were published, and a row's scale serves columns alike.
   */
  boolean folds() {
    return this == PLAIN || this == ONEDNN_FP32 || this == FBGEMM_FP16;
  }

  /**
   * The kernel for the output head, where errors are not averaged out by what follows: rounding
   * logits to bfloat16 alone moves the distribution more than all of its other roundings, and so do
   * 4 bits. Float16 has eight times the steps, and room for all weights that were trained.
   */
  TorchKernel head() {
    return switch (this) {
      case ONEDNN_BF16 -> FBGEMM_FP16;
      case PLAIN_BF16 -> PLAIN_FP16;
      case INT4 -> INT8;
      default -> this;
    };
  }

  /** Whether it can multiply by a weight of this shape. */
  boolean takes(long out, long in) {
    return !quantized() || (in % QUANTIZED_IN_MULTIPLE == 0 && out % QUANTIZED_OUT_MULTIPLE == 0);
  }

  /** Its name in settings, in logs and in the program. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
