package io.millrace.engine.decoder;

/**
 * The memory layout of keys and values in a layer's blocks, on which all decoders of a model must
 * agree.
 */
public enum CacheLayout {
  /**
   * Float32 keys {@code [blocks, kvHeads, headDim, blockSize]}, values {@code [blocks, kvHeads,
   * blockSize, headDim]}.
   */
  TRANSPOSED(false, false),
  /** {@link #TRANSPOSED} with values in bfloat16. */
  TRANSPOSED_NARROW_VALUES(false, true),
  /**
   * Keys and values in bfloat16, pairs of numbers together as matrix instructions take them: keys
   * {@code [blocks, kvHeads, headDim / 2, blockSize, 2]}, values {@code [blocks, kvHeads, blockSize
   * / 2, headDim, 2]}.
   */
  PAIRED(true, true),
  /**
   * In a GPU's memory, as kernels of our own read it, in the type of the weights: keys {@code
   * [blocks, kvHeads, blockSize, headDim]}, values {@code [blocks, kvHeads, headDim, blockSize]}.
   */
  CUDA(false, false);

  private final boolean narrowKeys;
  private final boolean narrowValues;

  CacheLayout(boolean narrowKeys, boolean narrowValues) {
    this.narrowKeys = narrowKeys;
    this.narrowValues = narrowValues;
  }

  /** Whether keys are bfloat16, else float32. */
  public boolean narrowKeys() {
    return narrowKeys;
  }

  /** Whether values are bfloat16, else float32. */
  public boolean narrowValues() {
    return narrowValues;
  }

  /** Bytes of a number, at most. */
  public int numberBytes() {
    return narrowKeys ? Short.BYTES : Float.BYTES;
  }

  /** The layout in words, for logs. */
  @Override
  public String toString() {
    return switch (this) {
      case TRANSPOSED -> "float32";
      case TRANSPOSED_NARROW_VALUES -> "float32 keys and bfloat16 values";
      case PAIRED -> "bfloat16 pairs";
      case CUDA -> "the GPU's own";
    };
  }
}
