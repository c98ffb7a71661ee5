package io.millrace.models.weights;

/**
 * Dequantises a block of one of ggml's types, exactly as {@code dequantize_row_*} does there: with
 * the same float32 operations in the same order.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c">ggml-quants.c</a>
 */
@FunctionalInterface
interface BlockDecoder {
  /**
   * @param at where the block begins in {@code block}
   * @param to where its numbers go in {@code out}
   */
  void decode(byte[] block, int at, float[] out, int to);

  static BlockDecoder of(ElementType type) {
    return switch (type) {
      case Q4_0 -> SmallBlocks::q40;
      case Q4_1 -> SmallBlocks::q41;
      case Q5_0 -> SmallBlocks::q50;
      case Q5_1 -> SmallBlocks::q51;
      case Q8_0 -> SmallBlocks::q80;
      case Q4_K -> SuperBlocks::q4k;
      case Q5_K -> SuperBlocks::q5k;
      case Q6_K -> SuperBlocks::q6k;
      default -> throw new IllegalArgumentException(type + " is not quantised");
    };
  }

  /** A float16, little-endian. */
  static float half(byte[] bytes, int at) {
    return HalfFloats.float16ToFloat((short) (bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8));
  }
}
