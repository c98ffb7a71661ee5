package io.millrace.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor in full, for writing.
 *
 * @param shape outermost dimension first
 * @param values row by row
 */
public record TinyTensor(String name, long[] shape, float[] values) {
  public TinyTensor {
    long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (elements != values.length) {
      throw new IllegalArgumentException(
          "%s of shape %s has %d values".formatted(name, Arrays.toString(shape), values.length));
    }
  }

  /** The same values under another name. */
  public TinyTensor named(String other) {
    return new TinyTensor(other, shape, values);
  }

  /** The values as little-endian float32. */
  public byte[] bytes() {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
