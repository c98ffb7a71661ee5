package io.millrace.engine.cuda;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** The addresses of buffers outside of Java's heap. */
final class DirectMemory {
  private DirectMemory() {}

  /** Where a direct buffer's remaining bytes begin. */
  static Pointer of(ByteBuffer buffer) {
    return Native.getDirectBufferPointer(buffer).share(buffer.position());
  }
}
