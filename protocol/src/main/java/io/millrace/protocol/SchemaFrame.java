package io.millrace.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The frame in which producers with a Schema Registry put a value: a zero byte, the id of a schema
 * in four bytes, then the value. The id is passed over; JSON, as the serializer of JSON Schemas
 * writes it, is read.
 */
final class SchemaFrame {
  private static final int BYTES = 5;

  private SchemaFrame() {}

  /** The value itself, out of its frame if it has one. */
  static byte[] strip(byte[] value) {
    return isFramed(value) ? Arrays.copyOfRange(value, BYTES, value.length) : value;
  }

  /**
   * The same for JSON.
   *
   * @throws Invalid if there is something else in the frame
   */
  static byte[] json(byte[] value) {
    byte[] content = strip(value);
    if (content != value && !beginsObject(content)) {
      throw new Invalid(
          null,
          "the record is framed by a Schema Registry (schema id %d), but holds no JSON object: a"
                  .formatted(ByteBuffer.wrap(value, 1, Integer.BYTES).getInt())
              + " request is JSON, framed or not; Avro and Protobuf are not read");
    }
    return content;
  }

  /** JSON in UTF-16 begins with a zero, too, and is told what it is elsewhere. */
  private static boolean isFramed(byte[] value) {
    return value.length >= BYTES && value[0] == 0 && !(value[1] == '{' && value[2] == 0);
  }

  private static boolean beginsObject(byte[] content) {
    int first = 0;
    while (first < content.length && " \t\r\n".indexOf(content[first]) >= 0) {
      first++;
    }
    return first < content.length && content[first] == '{';
  }
}
