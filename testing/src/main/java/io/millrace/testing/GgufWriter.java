package io.millrace.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes GGUF, version 3 unless told otherwise. */
public final class GgufWriter {
  public static final int F32 = 0;
  private static final int ALIGNMENT = 32;

  private final LittleEndian metadata = new LittleEndian();
  private final LittleEndian descriptions = new LittleEndian();
  private final LittleEndian data = new LittleEndian();
  private int version = 3;
  private long numValues;
  private long numTensors;

  public GgufWriter version(int version) {
    this.version = version;
    return this;
  }

  /** Claims other counts than the file has. */
  public GgufWriter claim(long numTensors, long numValues) {
    this.numTensors = numTensors;
    this.numValues = numValues;
    return this;
  }

  public GgufWriter put(String key, int value) {
    key(key, 4).u32(value);
    return this;
  }

  public GgufWriter put(String key, float value) {
    key(key, 6).f32(value);
    return this;
  }

  public GgufWriter put(String key, boolean value) {
    key(key, 7).u8(value ? 1 : 0);
    return this;
  }

  public GgufWriter put(String key, String value) {
    string(key(key, 8), value);
    return this;
  }

  public GgufWriter putStrings(String key, List<String> values) {
    array(key, 8, values.size());
    values.forEach(value -> string(metadata, value));
    return this;
  }

  public GgufWriter putInts(String key, int... values) {
    array(key, 5, values.length);
    for (int value : values) {
      metadata.u32(value);
    }
    return this;
  }

  public GgufWriter putFloats(String key, float... values) {
    array(key, 6, values.length);
    for (float value : values) {
      metadata.f32(value);
    }
    return this;
  }

  /** A value of any kind, with bytes that are right for it or not. */
  public GgufWriter putRaw(String key, int kind, byte[] value) {
    key(key, kind).bytes(value);
    return this;
  }

  private LittleEndian key(String key, int kind) {
    numValues++;
    return string(metadata, key).u32(kind);
  }

  private void array(String key, int kind, int count) {
    key(key, 9).u32(kind).u64(count);
  }

  private static LittleEndian string(LittleEndian out, String text) {
    return out.u64(text.getBytes(StandardCharsets.UTF_8).length).text(text);
  }

  public GgufWriter add(TinyTensor tensor) {
    return add(tensor.name(), F32, tensor.shape(), tensor.bytes());
  }

  /**
   * Adds a tensor behind those before it.
   *
   * @param type ggml's number of it
   * @param shape outermost dimension first
   */
  public GgufWriter add(String name, int type, long[] shape, byte[] bytes) {
    data.align(ALIGNMENT);
    describe(name, type, shape, data.size());
    data.bytes(bytes);
    return this;
  }

  /** Describes a tensor as the test says, right or wrong, and adds no bytes. */
  public GgufWriter describe(String name, int type, long[] shape, long offset) {
    numTensors++;
    string(descriptions, name).u32(shape.length);
    for (int i = shape.length - 1; i >= 0; i--) {
      descriptions.u64(shape[i]);
    }
    descriptions.u32(type).u64(offset);
    return this;
  }

  public byte[] toBytes() {
    return new LittleEndian()
        .text("GGUF")
        .u32(version)
        .u64(numTensors)
        .u64(numValues)
        .bytes(metadata.toBytes())
        .bytes(descriptions.toBytes())
        .align(ALIGNMENT)
        .bytes(data.toBytes())
        .toBytes();
  }
}
