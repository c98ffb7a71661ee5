package io.millrace.models.weights;

/**
 * The element type (dtype) of a tensor, little-endian throughout. The types from {@link #Q4_0} on
 * are ggml's: a block of numbers shares a scale, and only GGUF has them.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h">ggml-common.h</a>
 */
public enum ElementType {
  F64(1, 8),
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  F8_E4M3(1, 1),
  F8_E5M2(1, 1),
  F8_E8M0(1, 1),
  C64(1, 8),
  I64(1, 8),
  I32(1, 4),
  I16(1, 2),
  I8(1, 1),
  U64(1, 8),
  U32(1, 4),
  U16(1, 2),
  U8(1, 1),
  BOOL(1, 1),
  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q8_0(32, 34),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210);

  private final int blockElements;
  private final int blockBytes;

  ElementType(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Numbers in a block: 1 for the plain types. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes that a block takes. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Whether blocks share a scale, so that the numbers must be worked out. */
  public boolean quantized() {
    return blockElements > 1;
  }

  /**
   * Bytes that so many numbers take.
   *
   * @param elements a multiple of {@link #blockElements()}
   */
  public long bytes(long elements) {
    return elements / blockElements * blockBytes;
  }
}
