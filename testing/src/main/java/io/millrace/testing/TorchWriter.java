package io.millrace.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** Writes the zip file that {@code torch.save} writes: stored entries, a zip64 directory. */
public final class TorchWriter {
  private static final String FOLDER = "archive/";
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_BYTES = 30;
  private static final int PADDING_FIELD = 0x4246;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  /** Writes tensors as float32, each in a storage of its own. */
  public static void write(Path file, List<TinyTensor> tensors) throws IOException {
    Files.write(file, bytes(tensors));
  }

  /** The file of tensors as float32, each in a storage of its own. */
  public static byte[] bytes(List<TinyTensor> tensors) {
    TorchWriter writer = new TorchWriter();
    PickleWriter pickle = new PickleWriter().orderedDict().op('(');
    for (int i = 0; i < tensors.size(); i++) {
      TinyTensor tensor = tensors.get(i);
      pickle.string(tensor.name());
      pickle.tensor(
          "FloatStorage",
          "" + i,
          tensor.values().length,
          0,
          tensor.shape(),
          contiguous(tensor.shape()));
      writer.storage("" + i, tensor.bytes());
    }
    return writer.pickle(pickle.op('u').op('.').toBytes()).toBytes();
  }

  private static long[] contiguous(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  public TorchWriter pickle(byte[] pickle) {
    return entry("data.pkl", pickle);
  }

  public TorchWriter storage(String key, byte[] bytes) {
    return entry("data/" + key, bytes);
  }

  public TorchWriter entry(String name, byte[] bytes) {
    entries.put(FOLDER + name, bytes);
    return this;
  }

  public byte[] toBytes() {
    LittleEndian out = new LittleEndian();
    LittleEndian directory = new LittleEndian();
    entries.forEach(
        (name, bytes) -> {
          int header = out.size();
          int unpadded = header + LOCAL_BYTES + name.length() + 4;
          int padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
          byte[] extra =
              new LittleEndian().u16(PADDING_FIELD).u16(padding).bytes(new byte[padding]).toBytes();
          entryHeader(out.u32(0x04034b50), name, bytes, extra.length).text(name);
          out.bytes(extra).bytes(bytes);
          // The offset alone is wide: such a mixture shows that only what is wide is looked for.
          entryHeader(directory.u32(0x02014b50).u16(45), name, bytes, 12);
          directory.u16(0).u16(0).u16(0).u32(0).u32(0xffffffffL).text(name);
          directory.u16(1).u16(8).u64(header);
        });
    return end(out, directory.toBytes());
  }

  private static LittleEndian entryHeader(
      LittleEndian out, String name, byte[] bytes, int extraLength) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    out.u16(45).u16(0).u16(0).u32(0).u32(crc.getValue()).u32(bytes.length).u32(bytes.length);
    return out.u16(name.getBytes(StandardCharsets.UTF_8).length).u16(extraLength);
  }

  private byte[] end(LittleEndian out, byte[] directory) {
    long start = out.size();
    out.bytes(directory);
    long end64 = out.size();
    out.u32(0x06064b50).u64(44).u16(45).u16(45).u32(0).u32(0);
    out.u64(entries.size()).u64(entries.size()).u64(directory.length).u64(start);
    out.u32(0x07064b50).u32(0).u64(end64).u32(1);
    out.u32(0x06054b50).u16(0).u16(0).u16(0xffff).u16(0xffff).u32(0xffffffffL).u32(0xffffffffL);
    return out.u16(0).toBytes();
  }
}
