package io.millrace.engine.decoder.torch;

import java.util.Locale;

/**
 * libtorch's element types with the numbers that serialised TorchScript knows them by
 * (c10/core/ScalarType.h).
 */
enum ScalarType {
  INT8(1),
  INT32(3),
  INT64(4),
  FLOAT16(5),
  FLOAT32(6),
  FLOAT64(7),
  BFLOAT16(15);

  private final int code;

  ScalarType(int code) {
    this.code = code;
  }

  long code() {
    return code;
  }

  /** Replaces the names of all types in a text, such as dtype.float32, by their codes. */
  static String resolve(String text) {
    String resolved = text;
    for (ScalarType type : values()) {
      String name = "dtype\\." + type.name().toLowerCase(Locale.ROOT) + "\\b";
      resolved = resolved.replaceAll(name, Integer.toString(type.code));
    }
    return resolved;
  }
}
