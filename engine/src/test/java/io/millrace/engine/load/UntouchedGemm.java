package io.millrace.engine.load;

import io.millrace.engine.decoder.gemm.Gemm;
import java.nio.ByteBuffer;

/** Multiplies nothing: a plan must not. */
final class UntouchedGemm implements Gemm {
  @Override
  public void multiply(Shape shape, long a, long b, long c, boolean add) {
    throw new AssertionError("a plan multiplied");
  }

  @Override
  public void multiplyInt8(Shape shape, long a, long b, long c) {
    throw new AssertionError("a plan multiplied");
  }

  @Override
  public long address(ByteBuffer direct) {
    throw new AssertionError("a plan took memory");
  }
}
