package io.millrace.models.weights;

/** The type of a GGUF metadata value; its ordinal is its number in the file. */
enum GgufValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(0),
  ARRAY(0),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private static final GgufValueType[] KINDS = values();

  /** Bytes a value takes; 0 where it says so itself. */
  final int bytes;

  GgufValueType(int bytes) {
    this.bytes = bytes;
  }

  static GgufValueType read(ByteCursor cursor) {
    long number = cursor.u32();
    if (number >= KINDS.length) {
      throw cursor.bad(
          "the metadata value before byte %d has the unknown kind %d"
              .formatted(cursor.position(), number));
    }
    return KINDS[(int) number];
  }

  boolean whole() {
    return bytes > 0 && this != BOOL && !real();
  }

  boolean real() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
