package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A reader of little-endian numbers from an untrusted file, which never reads past its end. */
final class ByteCursor {
  private final Path file;
  private final ByteBuffer bytes;

  /**
   * @param bytes little-endian; read from its first byte, its own position is left alone
   */
  ByteCursor(Path file, ByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes.duplicate().order(bytes.order()).rewind();
  }

  int position() {
    return bytes.position();
  }

  int remaining() {
    return bytes.remaining();
  }

  /** Moves to a place that was read before, or anywhere within the bytes. */
  ByteCursor at(long position) {
    if (position < 0 || position > bytes.limit()) {
      throw bad("byte %d is wanted, but there are %d".formatted(position, bytes.limit()));
    }
    bytes.position((int) position);
    return this;
  }

  int u8() {
    return Byte.toUnsignedInt(need(1).get());
  }

  int i8() {
    return need(1).get();
  }

  int u16() {
    return Short.toUnsignedInt(need(2).getShort());
  }

  int i16() {
    return need(2).getShort();
  }

  long u32() {
    return Integer.toUnsignedLong(need(4).getInt());
  }

  int i32() {
    return need(4).getInt();
  }

  long i64() {
    return need(8).getLong();
  }

  float f32() {
    return need(4).getFloat();
  }

  double f64() {
    return need(8).getDouble();
  }

  byte[] bytes(long length, int limit) {
    if (length < 0 || length > limit) {
      throw bad(
          "%s bytes at byte %d are past the limit of %d"
              .formatted(Long.toUnsignedString(length), position(), limit));
    }
    need(length);
    byte[] copy = new byte[(int) length];
    bytes.get(copy);
    return copy;
  }

  String utf8(long length, int limit) {
    return new String(bytes(length, limit), StandardCharsets.UTF_8);
  }

  void skip(long length) {
    need(length);
    bytes.position(bytes.position() + (int) length);
  }

  BadCheckpoint bad(String what) {
    return new BadCheckpoint(file, what);
  }

  private ByteBuffer need(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw bad(
          "is cut short or damaged: %s bytes are wanted at byte %d of %d"
              .formatted(Long.toUnsignedString(length), position(), bytes.limit()));
    }
    return bytes;
  }
}
