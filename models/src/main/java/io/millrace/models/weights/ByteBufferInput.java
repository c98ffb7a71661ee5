package io.millrace.models.weights;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** An input stream over a byte buffer. */
final class ByteBufferInput extends InputStream {
  private final ByteBuffer bytes;

  ByteBufferInput(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!bytes.hasRemaining()) {
      return -1;
    }
    int count = Math.min(length, bytes.remaining());
    bytes.get(into, offset, count);
    return count;
  }
}
