package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key-value part of a GGUF file, such as {@code llama.block_count} or {@code
 * tokenizer.ggml.tokens}. A value is decoded when it is asked for; an absent key gives an empty
 * answer, one of another kind is refused with {@link BadCheckpoint}. It stays readable after its
 * file is closed, and by any number of threads.
 */
public final class GgufMetadata {
  private static final int MAX_KEYS = 1 << 16;
  private static final int MAX_KEY_BYTES = (1 << 16) - 1;
  private static final int MAX_STRING_BYTES = 1 << 26;
  private static final int MAX_ARRAY = 1 << 22;
  private static final int MAX_ARRAY_DEPTH = 4;

  /**
   * @param position of the value; of an array, its first element
   * @param element an array's kind of element, otherwise the value's own kind
   * @param count of an array's elements, otherwise 1
   */
  private record Value(int position, GgufValueType kind, GgufValueType element, long count) {}

  private final Path file;
  private final ByteBuffer bytes;
  private final Map<String, Value> values;

  private GgufMetadata(Path file, ByteBuffer bytes, Map<String, Value> values) {
    this.file = file;
    this.bytes = bytes;
    this.values = values;
  }

  /** Reads {@code count} pairs; the cursor then stands behind them. */
  static GgufMetadata read(Path file, ByteBuffer bytes, ByteCursor cursor, long count) {
    if (count < 0 || count > MAX_KEYS) {
      throw cursor.bad(
          "claims %s metadata values; the limit is %d"
              .formatted(Long.toUnsignedString(count), MAX_KEYS));
    }
    Map<String, Value> values = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      String key = cursor.utf8(cursor.i64(), MAX_KEY_BYTES);
      if (values.put(key, readValue(cursor)) != null) {
        throw cursor.bad("the metadata key %s is there twice".formatted(key));
      }
    }
    return new GgufMetadata(file, bytes, values);
  }

  private static Value readValue(ByteCursor cursor) {
    GgufValueType kind = GgufValueType.read(cursor);
    if (kind == GgufValueType.ARRAY) {
      int start = cursor.position();
      GgufValueType element = GgufValueType.read(cursor);
      long count = cursor.i64();
      cursor.at(start);
      skip(cursor, kind, 0);
      return new Value(start + Integer.BYTES + Long.BYTES, kind, element, count);
    }
    Value value = new Value(cursor.position(), kind, kind, 1);
    skip(cursor, kind, 0);
    return value;
  }

  private static void skip(ByteCursor cursor, GgufValueType kind, int depth) {
    if (kind == GgufValueType.STRING) {
      cursor.skip(cursor.i64());
    } else if (kind == GgufValueType.ARRAY) {
      skipArray(cursor, depth + 1);
    } else {
      cursor.skip(kind.bytes);
    }
  }

  private static void skipArray(ByteCursor cursor, int depth) {
    GgufValueType element = GgufValueType.read(cursor);
    long count = cursor.i64();
    if (count < 0 || count > cursor.remaining() || depth > MAX_ARRAY_DEPTH) {
      throw cursor.bad(
          "the metadata array before byte %d claims %s elements, nested %d deep"
              .formatted(cursor.position(), Long.toUnsignedString(count), depth));
    }
    if (element.bytes > 0) {
      cursor.skip(count * element.bytes);
      return;
    }
    for (long i = 0; i < count; i++) {
      skip(cursor, element, depth);
    }
  }

  /** The keys in the file's order. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(values.keySet());
  }

  public Optional<String> string(String key) {
    Value value = scalar(key, "a string", GgufValueType.STRING);
    return value == null ? Optional.empty() : Optional.of(string(key, at(value)));
  }

  public Optional<Boolean> bool(String key) {
    Value value = scalar(key, "a boolean", GgufValueType.BOOL);
    return value == null ? Optional.empty() : Optional.of(at(value).u8() != 0);
  }

  /** A whole number of any width; an unsigned one past 2^63 - 1 is refused. */
  public OptionalLong integer(String key) {
    Value value = values.get(key);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (!value.kind.whole()) {
      throw wrongKind(key, value, "a whole number");
    }
    return OptionalLong.of(integer(key, value.kind, at(value)));
  }

  /** A number, whole or not; a float is the shortest decimal that stands for it. */
  public OptionalDouble number(String key) {
    Value value = values.get(key);
    if (value == null) {
      return OptionalDouble.empty();
    }
    if (!value.kind.whole() && !value.kind.real()) {
      throw wrongKind(key, value, "a number");
    }
    ByteCursor cursor = at(value);
    return OptionalDouble.of(
        switch (value.kind) {
          case FLOAT32 -> Double.parseDouble(Float.toString(cursor.f32()));
          case FLOAT64 -> cursor.f64();
          default -> integer(key, value.kind, cursor);
        });
  }

  public Optional<List<String>> strings(String key) {
    Value value = array(key, "strings");
    if (value == null) {
      return Optional.empty();
    }
    if (value.element != GgufValueType.STRING) {
      throw wrongKind(key, value, "an array of strings");
    }
    ByteCursor cursor = at(value);
    List<String> strings = new ArrayList<>((int) value.count);
    for (long i = 0; i < value.count; i++) {
      strings.add(string(key, cursor));
    }
    return Optional.of(Collections.unmodifiableList(strings));
  }

  /** An array of float32. */
  public Optional<float[]> floats(String key) {
    Value value = array(key, "numbers");
    if (value == null) {
      return Optional.empty();
    }
    if (value.element != GgufValueType.FLOAT32) {
      throw wrongKind(key, value, "an array of float32");
    }
    float[] floats = new float[(int) value.count];
    ByteCursor cursor = at(value);
    for (int i = 0; i < floats.length; i++) {
      floats[i] = cursor.f32();
    }
    return Optional.of(floats);
  }

  /** An array of whole numbers of any width; one that 32 bits do not hold is refused. */
  public Optional<int[]> ints(String key) {
    Value value = array(key, "numbers");
    if (value == null) {
      return Optional.empty();
    }
    if (!value.element.whole()) {
      throw wrongKind(key, value, "an array of whole numbers");
    }
    int[] ints = new int[(int) value.count];
    ByteCursor cursor = at(value);
    for (int i = 0; i < ints.length; i++) {
      long number = integer(key, value.element, cursor);
      ints[i] = (int) number;
      if (ints[i] != number) {
        throw new BadCheckpoint(
            file, "metadata %s[%d] is out of range: %d".formatted(key, i, number));
      }
    }
    return Optional.of(ints);
  }

  private @Nullable Value scalar(String key, String expected, GgufValueType kind) {
    Value value = values.get(key);
    if (value != null && value.kind != kind) {
      throw wrongKind(key, value, expected);
    }
    return value;
  }

  private @Nullable Value array(String key, String elements) {
    Value value = scalar(key, "an array of " + elements, GgufValueType.ARRAY);
    if (value != null && value.count > MAX_ARRAY) {
      throw new BadCheckpoint(
          file,
          "metadata %s has %d elements; the limit is %d".formatted(key, value.count, MAX_ARRAY));
    }
    return value;
  }

  private ByteCursor at(Value value) {
    return new ByteCursor(file, bytes).at(value.position);
  }

  private String string(String key, ByteCursor cursor) {
    long length = cursor.i64();
    if (length > MAX_STRING_BYTES) {
      throw new BadCheckpoint(
          file,
          "metadata %s has a string of %d bytes; the limit is %d"
              .formatted(key, length, MAX_STRING_BYTES));
    }
    return cursor.utf8(length, MAX_STRING_BYTES);
  }

  private long integer(String key, GgufValueType kind, ByteCursor cursor) {
    long number =
        switch (kind) {
          case UINT8 -> cursor.u8();
          case INT8 -> cursor.i8();
          case UINT16 -> cursor.u16();
          case INT16 -> cursor.i16();
          case UINT32 -> cursor.u32();
          case INT32 -> cursor.i32();
          default -> cursor.i64();
        };
    if (kind == GgufValueType.UINT64 && number < 0) {
      throw new BadCheckpoint(
          file, "metadata %s is out of range: %s".formatted(key, Long.toUnsignedString(number)));
    }
    return number;
  }

  private BadCheckpoint wrongKind(String key, Value value, String expected) {
    String kind = value.kind.name().toLowerCase(Locale.ROOT);
    if (value.kind == GgufValueType.ARRAY) {
      kind += " of " + value.element.name().toLowerCase(Locale.ROOT);
    }
    return new BadCheckpoint(
        file, "metadata %s must be %s, but is %s".formatted(key, expected, kind));
  }
}
