package io.millrace.testing;

import java.nio.charset.StandardCharsets;

/** Writes pickle opcodes of protocol 2, as {@code torch.save} uses them. */
public final class PickleWriter {
  private final LittleEndian out = new LittleEndian();

  public PickleWriter() {
    out.u8(0x80).u8(2);
  }

  public byte[] toBytes() {
    return out.toBytes();
  }

  public PickleWriter op(char opcode) {
    out.u8(opcode);
    return this;
  }

  public PickleWriter raw(int... bytes) {
    for (int b : bytes) {
      out.u8(b);
    }
    return this;
  }

  public PickleWriter global(String module, String name) {
    out.text("c" + module + "\n" + name + "\n");
    return this;
  }

  public PickleWriter string(String text) {
    out.u8('X').u32(text.getBytes(StandardCharsets.UTF_8).length).text(text);
    return this;
  }

  public PickleWriter integer(long value) {
    if (value == (int) value) {
      out.u8('J').u32(value);
    } else {
      out.u8(0x8a).u8(Long.BYTES).u64(value);
    }
    return this;
  }

  public PickleWriter tuple(long... values) {
    op('(');
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  public PickleWriter orderedDict() {
    return global("collections", "OrderedDict").op(')').op('R');
  }

  /** {@code storage}, by its persistent id. */
  public PickleWriter storage(String storageClass, String key, long elements) {
    op('(').string("storage").global("torch", storageClass).string(key).string("cpu");
    return integer(elements).op('t').op('Q');
  }

  /** A call of {@code torch._utils._rebuild_tensor_v2}. */
  public PickleWriter tensor(
      String storageClass, String key, long elements, long offset, long[] size, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").op('(');
    storage(storageClass, key, elements).integer(offset).tuple(size).tuple(strides);
    return raw(0x89).orderedDict().op('t').op('R');
  }
}
