package io.millrace.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes that grow, numbers least significant byte first. */
public final class LittleEndian {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public int size() {
    return out.size();
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }

  /** The last {@code bytes} bytes of a number. */
  public LittleEndian number(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >> i * Byte.SIZE));
    }
    return this;
  }

  public LittleEndian u8(long value) {
    return number(value, 1);
  }

  public LittleEndian u16(long value) {
    return number(value, 2);
  }

  public LittleEndian u32(long value) {
    return number(value, 4);
  }

  public LittleEndian u64(long value) {
    return number(value, 8);
  }

  public LittleEndian f32(float value) {
    return u32(Float.floatToRawIntBits(value));
  }

  public LittleEndian bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public LittleEndian text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Zeros up to the next multiple. */
  public LittleEndian align(int alignment) {
    return bytes(new byte[(alignment - size() % alignment) % alignment]);
  }
}
