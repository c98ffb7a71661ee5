package io.millrace.models.text;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message in protobuf's wire format, read field by field. Damaged input throws {@link
 * IllegalArgumentException}.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">the encoding</a>
 */
final class ProtobufMessage {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;
  private static final int KIND_BITS = 3;
  private static final int KIND_MASK = 7;
  private static final int VARINT_BITS = 64;

  private final ByteBuffer bytes;
  private long tag;

  ProtobufMessage(byte[] bytes) {
    this(ByteBuffer.wrap(bytes));
  }

  private ProtobufMessage(ByteBuffer bytes) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes to the next field, whose value must then be read or skipped; false at the end. */
  boolean next() {
    if (!bytes.hasRemaining()) {
      return false;
    }
    tag = rawVarint();
    return true;
  }

  int field() {
    return (int) (tag >>> KIND_BITS);
  }

  long varint() {
    expect(VARINT);
    return rawVarint();
  }

  float float32() {
    expect(FIXED32);
    try {
      return bytes.getFloat();
    } catch (BufferUnderflowException e) {
      throw truncated();
    }
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  byte[] bytes() {
    ByteBuffer slice = slice();
    byte[] copy = new byte[slice.remaining()];
    slice.get(copy);
    return copy;
  }

  ProtobufMessage message() {
    return new ProtobufMessage(slice());
  }

  void skip() {
    switch (kind()) {
      case VARINT -> rawVarint();
      case FIXED64 -> advance(Long.BYTES);
      case FIXED32 -> advance(Integer.BYTES);
      case LENGTH_DELIMITED -> slice();
      default -> throw new IllegalArgumentException("unknown wire type " + kind());
    }
  }

  private ByteBuffer slice() {
    expect(LENGTH_DELIMITED);
    return advance(rawVarint());
  }

  private ByteBuffer advance(long length) {
    if (length < 0 || length > bytes.remaining()) {
      throw truncated();
    }
    ByteBuffer slice = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    return slice;
  }

  private int kind() {
    return (int) (tag & KIND_MASK);
  }

  private void expect(int kind) {
    if (kind() != kind) {
      throw new IllegalArgumentException(
          "field %d has wire type %d where %d is expected".formatted(field(), kind(), kind));
    }
  }

  private long rawVarint() {
    long value = 0;
    for (int shift = 0; shift < VARINT_BITS && bytes.hasRemaining(); shift += 7) {
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw truncated();
  }

  private static IllegalArgumentException truncated() {
    return new IllegalArgumentException("it is cut off or damaged");
  }
}
