package io.millrace.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors: the header's length, the header as JSON, the bytes of the tensors. */
public final class SafetensorsWriter {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int ALIGNMENT = 8;

  private final ObjectNode header = JSON.createObjectNode();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  public SafetensorsWriter() {
    header.putObject("__metadata__").put("format", "pt");
  }

  /** Writes tensors as float32 into one file. */
  public static void write(Path file, List<TinyTensor> tensors) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(writer::add);
    Files.write(file, writer.toBytes());
  }

  /** Writes tensors as float32 into shards of {@code perShard} each, and their index. */
  public static void writeShards(Path folder, List<TinyTensor> tensors, int perShard)
      throws IOException {
    int shards = (tensors.size() + perShard - 1) / perShard;
    Map<String, String> files = new TreeMap<>();
    for (int i = 0; i < shards; i++) {
      String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards);
      List<TinyTensor> shard =
          tensors.subList(i * perShard, Math.min(tensors.size(), (i + 1) * perShard));
      write(folder.resolve(name), shard);
      shard.forEach(tensor -> files.put(tensor.name(), name));
    }
    ObjectNode index = JSON.createObjectNode();
    index.putObject("metadata").put("total_size", 0);
    index.set("weight_map", JSON.valueToTree(files));
    Files.write(folder.resolve("model.safetensors.index.json"), JSON.writeValueAsBytes(index));
  }

  public SafetensorsWriter add(TinyTensor tensor) {
    return add(tensor.name(), "F32", tensor.shape(), tensor.bytes());
  }

  /** Adds a tensor behind those before it. */
  public SafetensorsWriter add(String name, String type, long[] shape, byte[] bytes) {
    int begin = data.size();
    data.writeBytes(bytes);
    return describe(name, type, shape, begin, data.size());
  }

  /** Describes a tensor as the test says, right or wrong, and adds no bytes. */
  public SafetensorsWriter describe(String name, String type, long[] shape, long begin, long end) {
    ObjectNode entry = header.putObject(name);
    entry.put("dtype", type);
    entry.set("shape", JSON.valueToTree(shape));
    entry.set("data_offsets", JSON.valueToTree(new long[] {begin, end}));
    return this;
  }

  public byte[] toBytes() {
    String text = header.toString();
    // Padding with spaces keeps the tensors aligned, as the reference writer does.
    int padding =
        (ALIGNMENT - text.getBytes(StandardCharsets.UTF_8).length % ALIGNMENT) % ALIGNMENT;
    return file(text + " ".repeat(padding), data.toByteArray());
  }

  /** A file with any header. */
  public static byte[] file(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }
}
