package io.millrace.engine.decoder.gemm;

import java.nio.ByteBuffer;

/**
 * A multiplication of small matrices in native memory, on the calling thread: of bfloat16 with sums
 * of float32, or of bytes with sums of int32.
 */
public interface Gemm {
  /**
   * The shape of a multiplication; strides are in elements.
   *
   * @param rows of A and C
   * @param columns of B and C
   * @param depth columns of A and rows of B; even
   */
  record Shape(int rows, int columns, int depth, int aStride, int bStride, int cStride) {}

  /**
   * C = A x B, or C += A x B.
   *
   * @param a address of bfloat16 [rows, depth]
   * @param b address of bfloat16 [depth / 2, columns, 2]: two neighbours of a column lie together,
   *     as the CPU's instructions for pairs want them ("VNNI")
   * @param c address of float32 [rows, columns]
   * @param add whether C's content is kept
   */
  void multiply(Shape shape, long a, long b, long c, boolean add);

  /**
   * C = A x B in integers.
   *
   * @param shape whose depth is a multiple of 4
   * @param a address of unsigned bytes [rows, depth]
   * @param b address of signed bytes [depth / 4, columns, 4]
   * @param c address of int32 [rows, columns]
   */
  void multiplyInt8(Shape shape, long a, long b, long c);

  /** The address of a direct buffer. */
  long address(ByteBuffer direct);
}
